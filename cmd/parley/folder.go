package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// emptyFolder reports whether a data folder is missing or holds nothing.
func emptyFolder(dir string) (bool, error) {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return true, nil
	case err != nil:
		return false, fmt.Errorf("data folder: %w", err)
	}
	return len(entries) == 0, nil
}

// temporaryFolder makes a folder that the demo may throw away.
func temporaryFolder() (dir string, remove func() error, err error) {
	if dir, err = os.MkdirTemp("", "parley-demo-"); err != nil {
		return "", nil, fmt.Errorf("data folder: %w", err)
	}
	return dir, func() error { return os.RemoveAll(dir) }, nil
}
