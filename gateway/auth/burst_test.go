package auth_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"parley/gateway/auth"
	"parley/gateway/fake"
	"parley/gateway/protocol"
)

// Many tries at once are no way around the wait after failures: those behind the first few are told to wait.
func TestManyTriesAtOnceWaitToo(t *testing.T) {
	backend := fake.New(time.Now, fake.Centre())
	defer backend.Close()
	now := time.Now()
	a := auth.New(auth.Options{Backend: backend, Now: func() time.Time { return now }, Rand: rand.NewChaCha8([32]byte{})})
	const tries, most = 40, 3 + 2 // free ones, and as many as are checked at the same time
	codes := make([]string, tries)
	var all sync.WaitGroup
	for i := range tries {
		all.Go(func() {
			_, err := a.Login(context.Background(), "", "ana", fmt.Sprintf("a wrong password %d", i))
			codes[i] = err.Code
		})
	}
	all.Wait()
	checked := 0
	for _, c := range codes {
		switch c {
		case protocol.WrongPassword:
			checked++
		case protocol.RateLimited:
		default:
			t.Errorf("code %s", c)
		}
	}
	if checked > most {
		t.Errorf("%d of %d passwords were checked at once, want at most %d", checked, tries, most)
	}
}
