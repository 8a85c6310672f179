package bench

import (
	"bufio"
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// Turn is one line of a dialogue.
type Turn struct {
	By   string `json:"by"` // customer or agent
	Text string `json:"text"`
}

// Dialogue is one conversation to replay. The customer speaks first.
type Dialogue struct {
	ID    string `json:"id"`
	Turns []Turn `json:"turns"`
}

//go:embed dialogues.ndjson
var ownDialogues []byte

// Corpus reads dialogues from an NDJSON file, gzipped or not; an empty name gives the dozen of our own.
// Dialogues in which the customer does not begin lose the turns before; those without two turns are left out.
func Corpus(name string) ([]Dialogue, error) {
	if name == "" {
		return readCorpus(bytes.NewReader(ownDialogues))
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("corpus: %w", err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			return nil, fmt.Errorf("corpus %s: %w", name, err)
		}
	}
	all, err := readCorpus(r)
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("no dialogue in it")
	}
	if err != nil {
		return nil, fmt.Errorf("corpus %s: %w", name, err)
	}
	return all, nil
}

func readCorpus(r io.Reader) ([]Dialogue, error) {
	var all []Dialogue
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 4<<20)
	for n := 1; lines.Scan(); n++ {
		var d Dialogue
		if err := json.Unmarshal(lines.Bytes(), &d); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		turns := d.Turns[:0]
		for _, t := range d.Turns {
			t.Text = strings.TrimSpace(t.Text)
			if t.Text != "" && (len(turns) > 0 || t.By == "customer") {
				turns = append(turns, t)
			}
		}
		if d.Turns = turns; len(turns) > 1 {
			all = append(all, d)
		}
	}
	return all, lines.Err()
}
