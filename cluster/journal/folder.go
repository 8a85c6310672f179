package journal

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// The data folder: PARLEY says what it is, LOCK who uses it, db is Pebble's, files holds attachments.
const (
	markerName = "PARLEY"
	lockName   = "LOCK"
	dbName     = "db"
	filesName  = "files"
)

// folderFormat numbers what the folder as a whole looks like. A program opens its own number and older ones.
const folderFormat = 1

// folderState says whether the first batch of the database is known to be on disk. Without it a wiped database would
// look like a new one.
type folderState string

const (
	folderNew   folderState = "creating"
	folderReady folderState = "ready"
)

func markerText(s folderState) string {
	return fmt.Sprintf("parley data folder\nformat %d\nstate %s\n", folderFormat, s)
}

// claimFolder makes the folder or checks that it is ours, and locks it.
// Errors: ErrForeign, ErrNewer, ErrLocked, each with the remedy.
func claimFolder(fs vfs.FS, dir string) (folderState, io.Closer, error) {
	if err := makeDir(fs, dir); err != nil {
		return "", nil, err
	}
	names, err := fs.List(dir)
	if err != nil {
		return "", nil, fmt.Errorf("%w: %s cannot be listed (%v). Give a folder of this user's own", ErrForeign, dir, err)
	}
	marked := slices.Contains(names, markerName)
	if !marked && !onlyOurLeftovers(names) {
		return "", nil, fmt.Errorf("%w: %s holds other files and no %s. Give an empty folder, or the one parley made", ErrForeign, dir, markerName)
	}
	lock, err := fs.Lock(fs.PathJoin(dir, lockName))
	if err != nil {
		return "", nil, fmt.Errorf("%w: %s (%v). Stop the other parley first, or give this one a folder of its own", ErrLocked, dir, err)
	}
	state, err := readOrMakeMarker(fs, dir, marked)
	if err != nil {
		lock.Close()
		return "", nil, err
	}
	return state, lock, nil
}

// onlyOurLeftovers accepts an empty folder and one whose creation stopped before the marker was in place.
func onlyOurLeftovers(names []string) bool {
	for _, n := range names {
		if n != lockName && n != markerName+".tmp" && n != "lost+found" {
			return false
		}
	}
	return true
}

func readOrMakeMarker(fs vfs.FS, dir string, marked bool) (folderState, error) {
	if !marked {
		return folderNew, writeFile(fs, dir, markerName, markerText(folderNew))
	}
	f, err := fs.Open(fs.PathJoin(dir, markerName))
	if err != nil {
		return "", fmt.Errorf("open marker of %s: %w", dir, err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 4096))
	if err != nil {
		return "", fmt.Errorf("read marker of %s: %w", dir, err)
	}
	return parseMarker(dir, string(text))
}

func parseMarker(dir, text string) (folderState, error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 3 || lines[0] != "parley data folder" {
		return "", fmt.Errorf("%w: the file %s in %s is not parley's. Give an empty folder, or the one parley made", ErrForeign, markerName, dir)
	}
	n, err := strconv.Atoi(strings.TrimPrefix(lines[1], "format "))
	if err != nil {
		return "", fmt.Errorf("%w: the file %s in %s has no format number. Restore the folder from a backup", ErrForeign, markerName, dir)
	}
	if n > folderFormat {
		return "", fmt.Errorf("%w: %s has format %d, this program knows %d. Run the newer parley that wrote it, or restore a backup of the older", ErrNewer, dir, n, folderFormat)
	}
	return folderState(strings.TrimPrefix(lines[2], "state ")), nil
}
