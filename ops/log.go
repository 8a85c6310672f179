package ops

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/lmittmann/tint"
)

// NewLogger writes to w in the given format (auto, json, text) from the given level on (debug, info, warn, error).
// auto is text on a terminal and JSON elsewhere. Another word is an error: config.Validate refuses it earlier.
func NewLogger(w io.Writer, format, level string) (*slog.Logger, error) {
	var least slog.Level
	if err := least.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("ops: log level %q: %w", level, err)
	}
	terminal := IsTerminal(w)
	if format == "auto" {
		format = "json"
		if terminal {
			format = "text"
		}
	}
	switch format {
	case "json":
		return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: least})), nil
	case "text":
		return slog.New(tint.NewTextHandler(w, &tint.Options{Level: least, TimeFormat: time.TimeOnly, NoColor: !terminal})), nil
	}
	return nil, fmt.Errorf("ops: log format %q is none of auto, json, text", format)
}

// IsTerminal reports whether w is a character device, which is close enough: /dev/null is one too, and nobody minds
// coloured text there.
func IsTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
