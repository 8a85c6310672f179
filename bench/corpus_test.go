package bench

import (
	"compress/gzip"
	"os"
	"path/filepath"
	"testing"
)

func TestOwnCorpusIsADozen(t *testing.T) {
	all, err := Corpus("")
	if err != nil || len(all) != 12 {
		t.Fatalf("%d dialogues, %v", len(all), err)
	}
	for _, d := range all {
		if d.Turns[0].By != "customer" || len(d.Turns) < 2 {
			t.Errorf("%s begins with %q and has %d turns", d.ID, d.Turns[0].By, len(d.Turns))
		}
	}
}

func TestCorpusReadsFiles(t *testing.T) {
	line := `{"id":"a","turns":[{"by":"agent","text":"too early"},{"by":"customer","text":" hello "},{"by":"agent","text":""},{"by":"agent","text":"hi"}]}` + "\n" +
		`{"id":"b","turns":[{"by":"customer","text":"alone"}]}` + "\n"
	plain, zipped := filepath.Join(t.TempDir(), "c.ndjson"), filepath.Join(t.TempDir(), "c.ndjson.gz")
	if err := os.WriteFile(plain, []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(zipped)
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(f)
	if _, err := z.Write([]byte(line)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{plain, zipped} {
		all, err := Corpus(name)
		if err != nil || len(all) != 1 || len(all[0].Turns) != 2 || all[0].Turns[0].Text != "hello" {
			t.Errorf("%s: %+v, %v", filepath.Base(name), all, err)
		}
	}
	for name, text := range map[string]string{"broken": "{", "empty": ""} {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Corpus(file); err == nil {
			t.Errorf("%s corpus was taken", name)
		}
	}
}
