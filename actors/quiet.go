package actors

import (
	"context"
	"log/slog"
)

// quiet passes on protoactor's log without what may hold text of a conversation: its message attribute and the reason
// of a panic's restart, which our own log has.
type quiet struct{ slog.Handler }

// Enabled leaves out protoactor's information lines: they tell nothing an operator can act on.
func (q quiet) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && q.Handler.Enabled(ctx, l)
}

// Handle drops the attributes.
func (q quiet) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		if a.Key != "message" && a.Key != "exception" {
			clean.AddAttrs(a)
		}
		return true
	})
	return q.Handler.Handle(ctx, clean)
}

// WithAttrs keeps the wrapper.
func (q quiet) WithAttrs(a []slog.Attr) slog.Handler { return quiet{q.Handler.WithAttrs(a)} }

// WithGroup keeps the wrapper.
func (q quiet) WithGroup(name string) slog.Handler { return quiet{q.Handler.WithGroup(name)} }
