package demo

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"time"

	"parley/bench"
	"parley/client"
	"parley/engine/id"
)

// Customers plays n customers who come, wait, talk like people do and come again. Their lines are our own dialogues; the
// agent's half is left to whoever answers, or to nobody. It returns when ctx ends.
func Customers(ctx context.Context, base string, n int, log *slog.Logger) error {
	corpus, err := bench.Corpus("")
	if err != nil {
		return err
	}
	done := make(chan struct{})
	for i := range n {
		go func() {
			defer func() { done <- struct{}{} }()
			dice := mathrand.New(mathrand.NewPCG(uint64(i), uint64(n)))
			for pause(ctx, seconds(dice, 1, 20)) {
				who := dice.IntN(len(names))
				c := customer{name: names[who], email: fmt.Sprintf("visitor%d@nordlicht.example", who+1), dice: dice, lines: corpus[dice.IntN(len(corpus))]}
				if err := c.visit(ctx, base); err != nil && ctx.Err() == nil {
					log.Debug("simulated customer", "err", err)
				}
			}
		}()
	}
	for range n {
		<-done
	}
	return nil
}

var names = []string{"Anna-Lena Vogel", "Tomasz Wiśniewski", "مريم الحسيني", "Oluwaseun Adébáyọ̀", "Jürgen Krämer", "Priya Raghunathan", "Lucía Fernández", "Hotel Alpenblick"}

// customer is one visit of one simulated person.
type customer struct {
	name  string
	email string // one per name: who comes again is known by it
	dice  *mathrand.Rand
	lines bench.Dialogue
}

// visit starts a conversation, answers each line of the agent with the next one and leaves when it was resolved or
// after ten minutes.
func (c customer) visit(ctx context.Context, base string) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	var secret [32]byte
	rand.Read(secret[:])
	answered, ended := make(chan struct{}, 1), make(chan struct{}, 1)
	conn, err := client.Dial(ctx, base, map[string]any{"role": "customer", "inbox": id.Format(id.Inbox, ShopInbox),
		"secret": base64.RawURLEncoding.EncodeToString(secret[:])}, nil, func(f client.Frame) {
		switch f.Ev {
		case "message":
			signal(answered)
		case "resolved", "closed":
			signal(ended)
		}
	})
	if err != nil {
		return err
	}
	defer conn.Close()
	var started struct {
		Conv string `json:"conv"`
	}
	if err := conn.Do(ctx, "start", map[string]any{"name": c.name, "email": c.email, "text": c.lines.Turns[0].Text}, &started); err != nil {
		return err
	}
	if !next(ctx, conn, answered, nil) { // its own line
		return nil
	}
	for _, turn := range c.lines.Turns[1:] {
		if turn.By != "customer" {
			continue
		}
		if !next(ctx, conn, answered, ended) {
			return nil
		}
		if err := conn.Tell("typing", map[string]any{"conv": started.Conv, "on": true}); err != nil {
			return err
		}
		if !pause(ctx, seconds(c.dice, 2, 8)) {
			return nil
		}
		if err := conn.Do(ctx, "send", map[string]any{"conv": started.Conv, "text": turn.Text}, nil); err != nil {
			return err
		}
		if !next(ctx, conn, answered, nil) { // its own line is no answer
			return nil
		}
	}
	next(ctx, conn, ended, nil)
	return nil
}

// next waits for what is to come and reports whether it came: not when something ended, the connection is gone or the
// visit is over.
func next(ctx context.Context, conn *client.Conn, comes, ended <-chan struct{}) bool {
	select {
	case <-comes:
		return true
	case <-ended:
	case <-conn.Done():
	case <-ctx.Done():
	}
	return false
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func seconds(dice *mathrand.Rand, least, most int) time.Duration {
	return time.Duration(least+dice.IntN(most-least+1)) * time.Second
}

// pause waits and reports whether there is reason to go on.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
