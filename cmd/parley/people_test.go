package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	"parley/bench"
	"parley/client"

	"github.com/rogpeppe/go-internal/testscript"
)

// cast is everybody a script knows: the demo that runs and the people who use it.
type cast struct {
	ctx       context.Context
	process   *exec.Cmd
	at        shownDemo
	base      string
	customers map[string]*persona
	agents    map[string]*persona
}

// persona is one person over all of their connections: what they were told, in order, and under which number.
type persona struct {
	hello map[string]any
	conn  *client.Conn
	conv  string
	offer string

	mu struct {
		sync.Mutex
		frames []client.Frame
		last   map[string]uint64 // per conversation
		faults []string
		woken  chan struct{}
	}
}

// theCast finds the people of this script, made at first use.
func theCast(ts *testscript.TestScript) *cast {
	c, _ := ts.Value("cast").(*cast)
	return c
}

// setupCast is the script's Params.Setup.
func setupCast(env *testscript.Env) error {
	ctx, cancel := context.WithCancel(context.Background())
	c := &cast{ctx: ctx, customers: map[string]*persona{}, agents: map[string]*persona{}}
	env.Values["cast"] = c
	env.Defer(func() {
		cancel()
		if c.process != nil {
			_ = c.process.Process.Kill()
			_ = c.process.Wait()
		}
	})
	return nil
}

// cmdDemo is `demo start DIR`, `demo kill`, `demo stop`.
func cmdDemo(ts *testscript.TestScript, _ bool, args []string) {
	c := theCast(ts)
	switch args[0] {
	case "start":
		port := "0"
		if c.base != "" {
			port = c.base[strings.LastIndexByte(c.base, ':')+1:] // where its browsers look for it
		}
		p := exec.Command("parley", "demo", "--json", "--data", args[1], "--port", port, "--ops-port", "0")
		p.Path = lookPath(ts)
		p.Env = append(os.Environ(), "PATH="+ts.Getenv("PATH"))
		p.Stderr = os.Stderr
		out, err := p.StdoutPipe()
		ts.Check(err)
		ts.Check(p.Start())
		c.process = p
		if err := json.NewDecoder(out).Decode(&c.at); err != nil {
			ts.Fatalf("demo did not start: %v", err)
		}
		go func() { _, _ = io.Copy(io.Discard, out) }()
		c.base = strings.TrimSuffix(c.at.ShopURL, "/shop/")
	case "kill":
		ts.Check(c.process.Process.Kill())
		_ = c.process.Wait()
		c.process = nil
	case "stop":
		ts.Check(c.process.Process.Signal(os.Interrupt))
		if err := c.process.Wait(); err != nil {
			ts.Fatalf("demo did not end well: %v", err)
		}
		c.process = nil
	default:
		ts.Fatalf("demo: unknown %q", args[0])
	}
}

// lookPath finds the parley of the scripts.
func lookPath(ts *testscript.TestScript) string {
	for _, dir := range strings.Split(ts.Getenv("PATH"), string(os.PathListSeparator)) {
		if info, err := os.Stat(dir + "/parley"); err == nil && !info.IsDir() {
			return dir + "/parley"
		}
	}
	ts.Fatalf("no parley in the path")
	return ""
}

// cmdAgent is `agent NAME signs-in|back|accepting|accepts|says TEXT|notes TEXT|resolves|expects EV…`.
func cmdAgent(ts *testscript.TestScript, _ bool, args []string) {
	c, name, verb := theCast(ts), args[0], args[1]
	p := c.agents[name]
	switch verb {
	case "signs-in":
		i := slices.IndexFunc(c.at.Agents, func(a shownAgent) bool { return strings.HasPrefix(strings.ToLower(a.Name), name) })
		_, secret, _ := strings.Cut(c.at.Agents[i].URL, "#link=")
		token, err := bench.Redeem(c.ctx, c.base, secret)
		ts.Check(err)
		p = newPersona(map[string]any{"role": "agent", "token": token})
		c.agents[name] = p
		ts.Check(p.connect(c.ctx, c.base))
	case "accepting":
		ts.Check(p.conn.Do(c.ctx, "presence", map[string]any{"state": "accepting"}, nil))
	case "accepts":
		p.act(ts, c, "accept", map[string]any{"conv": p.conv, "offer": p.offer})
	case "notes":
		p.act(ts, c, "note", map[string]any{"conv": p.conv, "text": args[2]})
	case "resolves":
		p.act(ts, c, "resolve", map[string]any{"conv": p.conv})
	default:
		p.common(ts, c, name, verb, args[2:])
	}
}

// cmdCustomer is `customer NAME opens|starts TEXT|back|says TEXT|rates SCORE|ends|expects EV…`.
func cmdCustomer(ts *testscript.TestScript, _ bool, args []string) {
	c, name, verb := theCast(ts), args[0], args[1]
	p := c.customers[name]
	switch verb {
	case "opens":
		var secret [32]byte
		_, _ = rand.Read(secret[:])
		state := c.state(ts)
		p = newPersona(map[string]any{"role": "customer", "inbox": state.Inbox, "secret": base64.RawURLEncoding.EncodeToString(secret[:])})
		c.customers[name] = p
		ts.Check(p.connect(c.ctx, c.base))
	case "starts":
		var ok struct {
			Conv string `json:"conv"`
		}
		ts.Check(p.conn.Do(c.ctx, "start", map[string]any{"name": name, "email": name + "@nordlicht.example", "text": args[2]}, &ok))
		p.conv = ok.Conv
	case "rates":
		p.act(ts, c, "rate", map[string]any{"conv": p.conv, "score": args[2]})
	case "ends":
		p.act(ts, c, "end", map[string]any{"conv": p.conv})
	default:
		p.common(ts, c, name, verb, args[2:])
	}
}

// state is what the demo's page is told.
func (c *cast) state(ts *testscript.TestScript) (s demoState) {
	ts.Check(getJSON(c.ctx, c.base+"/demo/state", &s))
	return s
}

func (p *persona) common(ts *testscript.TestScript, c *cast, name, verb string, args []string) {
	switch verb {
	case "says":
		p.act(ts, c, "send", map[string]any{"conv": p.conv, "text": args[0]})
	case "back": // a connection of its own accord, from the cursors
		ts.Check(p.connect(c.ctx, c.base))
	case "expects":
		for _, want := range args {
			if err := p.expect(want); err != nil {
				ts.Fatalf("%s: %v", name, err)
			}
		}
	case "sees": // the whole talk, once each, in order
		if got := p.lines(); !slices.Equal(got, args) {
			ts.Fatalf("%s saw %q, not %q", name, got, args)
		}
	case "whole":
		p.mu.Lock()
		defer p.mu.Unlock()
		if len(p.mu.faults) > 0 {
			ts.Fatalf("%s: %s", name, strings.Join(p.mu.faults, "; "))
		}
	default:
		ts.Fatalf("%s: unknown %q", name, verb)
	}
}

func (p *persona) act(ts *testscript.TestScript, c *cast, cmd string, body map[string]any) {
	ctx, cancel := context.WithTimeout(c.ctx, 10*time.Second)
	defer cancel()
	ts.Check(p.conn.Do(ctx, cmd, body, nil))
}

func newPersona(hello map[string]any) *persona {
	p := &persona{hello: hello}
	p.mu.last, p.mu.woken = map[string]uint64{}, make(chan struct{}, 1)
	return p
}

// connect says hello with the cursors of everything heard so far.
func (p *persona) connect(ctx context.Context, base string) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	p.mu.Lock()
	var resume []map[string]any
	for conv, seq := range p.mu.last {
		resume = append(resume, map[string]any{"conv": conv, "seq": seq})
	}
	p.mu.Unlock()
	p.hello["resume"] = resume
	conn, err := client.Dial(ctx, base, p.hello, nil, p.hear)
	p.conn = conn
	return err
}

// hear takes a frame and checks its number: each once, none left out.
func (p *persona) hear(f client.Frame) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f.Ev == "row" {
		p.row(f)
	}
	if f.Seq != 0 {
		last, known := p.mu.last[f.Conv]
		if known && f.Seq != last+1 {
			p.mu.faults = append(p.mu.faults, fmt.Sprintf("%s %d after %d", f.Ev, f.Seq, last))
		}
		p.mu.last[f.Conv] = f.Seq
	}
	p.mu.frames = append(p.mu.frames, f)
	select {
	case p.mu.woken <- struct{}{}:
	default:
	}
}

// row is an agent's way into a conversation: its number starts there.
func (p *persona) row(f client.Frame) {
	var body struct {
		Row struct {
			Conv  string `json:"conv"`
			Seq   uint64 `json:"seq"`
			Offer string `json:"offer"`
		} `json:"row"`
	}
	if json.Unmarshal(f.Body, &body) != nil {
		return
	}
	p.conv = body.Row.Conv
	if body.Row.Offer != "" {
		p.offer = body.Row.Offer
	}
	if _, known := p.mu.last[p.conv]; !known {
		p.mu.last[p.conv] = body.Row.Seq
	}
}

// expect waits for the next frame of that kind behind those already expected; kind:text wants the text in it.
func (p *persona) expect(want string) error {
	kind, text, _ := strings.Cut(want, ":")
	deadline := time.After(15 * time.Second)
	for {
		p.mu.Lock()
		for i, f := range p.mu.frames {
			if f.Ev == kind && strings.Contains(string(f.Body), text) {
				p.mu.frames[i].Ev += " (expected)"
				p.mu.Unlock()
				return nil
			}
		}
		p.mu.Unlock()
		select {
		case <-p.mu.woken:
		case <-deadline:
			return fmt.Errorf("no %s came", want)
		}
	}
}

// lines are the texts of all messages heard, in order.
func (p *persona) lines() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []string
	for _, f := range p.mu.frames {
		var body struct {
			Text string `json:"text"`
		}
		if strings.HasPrefix(f.Ev, "message") && json.Unmarshal(f.Body, &body) == nil {
			all = append(all, body.Text)
		}
	}
	return all
}

func getJSON(ctx context.Context, url string, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, resp.Status)
	}
	return json.NewDecoder(resp.Body).Decode(into)
}
