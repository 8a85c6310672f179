package journal_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"parley/cluster/journal"
	"parley/cluster/journal/journaltest"
	"parley/engine/id"
)

// step is a clock that moves two seconds with each look: no reading of free space is reused.
func step() func() time.Time {
	now := time.UnixMilli(1_700_000_000_000)
	return func() time.Time {
		now = now.Add(2 * time.Second)
		return now
	}
}

func TestAttachmentsAreKeptAndExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := journaltest.Open(t, nil)
		conv1, conv2 := conv(1).ID, conv(2).ID
		text := bytes.Repeat([]byte("file "), 50_000)
		put := func(conv id.ID, b []byte) [32]byte {
			hash, size, err := h.PutFile(shard7, conv, bytes.NewReader(b), int64(len(text)))
			if err != nil || size != int64(len(b)) || hash != sha256.Sum256(b) {
				t.Fatalf("put: %v, %d bytes", err, size)
			}
			return hash
		}
		kept, loose := put(conv1, text), put(conv2, []byte("loose"))
		if put(conv1, text) != kept {
			t.Error("the same content has another name")
		}
		f, size, err := h.OpenFile(shard7, conv1, kept)
		if err != nil || size != int64(len(text)) {
			t.Fatalf("open: %v, %d bytes", err, size)
		}
		if _, err := f.Seek(5, io.SeekStart); err != nil {
			t.Error(err)
		}
		if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, text[5:]) {
			t.Errorf("read: %v, %d bytes", err, len(got))
		}
		f.Close()
		if _, _, err := h.OpenFile(shard7, conv1, loose); !errors.Is(err, journal.ErrNoFile) {
			t.Errorf("another conversation's file: %v", err)
		}
		time.Sleep(journal.UploadLife - time.Second)
		if !h.FileFresh(shard7, conv2, loose) {
			t.Error("an upload is stale before its hour is over")
		}
		time.Sleep(time.Second)
		if h.FileFresh(shard7, conv2, loose) {
			t.Error("an upload is fresh after an hour")
		}
		named := func(_ uint16, _ id.ID, hash [32]byte) bool { return hash == kept }
		if n, err := h.SweepFiles(time.Now(), named); n != 0 || err != nil {
			t.Errorf("sweep after an hour: %d, %v", n, err)
		}
		time.Sleep(journal.SweepAge)
		if n, err := h.SweepFiles(time.Now(), named); n != 1 || err != nil {
			t.Errorf("sweep after a day: %d, %v", n, err)
		}
		if _, _, err := h.OpenFile(shard7, conv2, loose); !errors.Is(err, journal.ErrNoFile) {
			t.Errorf("a swept file: %v", err)
		}
		if f, _, err := h.OpenFile(shard7, conv1, kept); err != nil {
			t.Errorf("the named file: %v", err)
		} else {
			f.Close()
		}
		h.Close()
	})
}

func TestABrokenUploadLeavesNothing(t *testing.T) {
	fs := vfs.NewMem()
	h := journaltest.OpenOn(t, fs, nil)
	if _, _, err := h.PutFile(shard7, conv(1).ID, strings.NewReader("0123456789"), 9); !errors.Is(err, journal.ErrFileTooLarge) {
		t.Errorf("over the limit: %v", err)
	}
	cut := errors.New("connection lost")
	if _, _, err := h.PutFile(shard7, conv(1).ID, iotest.ErrReader(cut), 9); !errors.Is(err, cut) {
		t.Errorf("cut upload: %v", err)
	}
	if names, err := fs.List("/parley/files/7/" + conv(1).ID.String()); err != nil || len(names) != 0 {
		t.Errorf("left behind: %v %v", names, err)
	}
}

// An upload that was answered is there after a power loss.
func TestAnAttachmentSurvivesAPowerLoss(t *testing.T) {
	fs := vfs.NewCrashableMem()
	h := journaltest.OpenOn(t, fs, nil)
	hash, _, err := h.PutFile(shard7, conv(1).ID, strings.NewReader("text"), 0)
	if err != nil {
		t.Fatal(err)
	}
	h = journaltest.OpenOn(t, fs.CrashClone(vfs.CrashCloneCfg{}), nil)
	f, _, err := h.OpenFile(shard7, conv(1).ID, hash)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if b, err := io.ReadAll(f); string(b) != "text" || err != nil {
		t.Errorf("read %q: %v", b, err)
	}
}
