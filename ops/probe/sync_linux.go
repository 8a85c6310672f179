package probe

import (
	"os"

	"golang.org/x/sys/unix"
)

func syncData(f *os.File) error { return unix.Fdatasync(int(f.Fd())) }

// ClockSynchronised reports whether the kernel's clock is kept in step by a time service. known is false where the
// kernel does not say, in many containers for one.
func ClockSynchronised() (synchronised, known bool) {
	var t unix.Timex
	if _, err := unix.Adjtimex(&t); err != nil {
		return false, false
	}
	return t.Status&unix.STA_UNSYNC == 0, true
}
