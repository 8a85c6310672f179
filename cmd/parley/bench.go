package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/cheggaaa/pb/v3"

	"parley/bench"
	"parley/ops"
)

// benchCmd is `parley bench`.
type benchCmd struct {
	Chats benchChatsCmd `cmd:"" help:"Dialogues without pauses: the next line goes when the last is acknowledged and delivered."`
}

type benchChatsCmd struct {
	Conversations int           `default:"100" help:"Conversations at the same time."`
	Duration      time.Duration `default:"20s" help:"How long to talk."`
	JSON          string        `name:"json" help:"Write the report there as JSON; - for standard output." placeholder:"FILE"`
	Corpus        string        `help:"Dialogues to replay, NDJSON, gzipped or not; a dozen of our own when not given." placeholder:"FILE"`
	URL           string        `help:"Server to drive; one is started on a temporary folder when not given." placeholder:"URL"`
	Token         string        `help:"Session token of an administrator there." env:"PARLEY_TOKEN"`
}

func (c *benchChatsCmd) Run(ctx context.Context, s streams) error {
	if c.Conversations < 1 || c.Duration <= 0 {
		return usageError{errors.New("bench chats: --conversations and --duration want more than nothing")}
	}
	if c.URL != "" && c.Token == "" {
		return usageError{errors.New("bench chats: --url wants the --token of an administrator of that server")}
	}
	corpus, err := bench.Corpus(c.Corpus)
	if err != nil {
		return err
	}
	dir, remove, err := temporaryFolder()
	if err != nil {
		return err
	}
	defer func() { _ = remove() }()
	run := bench.Chats{URL: strings.TrimSuffix(c.URL, "/"), Token: c.Token, Conversations: c.Conversations, Duration: c.Duration,
		Corpus: corpus, Dir: dir, Commit: thisBuild().Commit, Progress: progressOn(s.Err)}
	if c.URL == "" {
		server, err := startChild(ctx, filepath.Join(dir, "data"), s.Err)
		if err != nil {
			return err
		}
		defer server.stop()
		run.URL, run.PID = server.URL, server.process.Process.Pid
		_, secret, _ := strings.Cut(server.AdminURL, "#link=")
		if run.Token, err = bench.Redeem(ctx, run.URL, secret); err != nil {
			return fmt.Errorf("sign in to the server: %w", err)
		}
	}
	report, err := run.Run(ctx)
	if err != nil {
		return err
	}
	return c.tell(s, report)
}

func (c *benchChatsCmd) tell(s streams, report *bench.Report) error {
	out := s.Out
	if c.JSON == "-" {
		out = s.Err
	}
	report.Write(out)
	if c.JSON != "" {
		data, err := json.MarshalIndent(report, "", "  ")
		if err != nil {
			return err
		}
		if c.JSON == "-" {
			_, err = fmt.Fprintf(s.Out, "%s\n", data)
		} else {
			err = os.WriteFile(c.JSON, append(data, '\n'), 0o644)
		}
		if err != nil {
			return err
		}
	}
	if !report.OK() {
		return errors.New("bench chats: messages were lost, doubled or out of order")
	}
	return nil
}

// child is a server of our own in a process of its own, so that its CPU and memory can be told from the client's.
type child struct {
	served
	process *exec.Cmd
}

func startChild(ctx context.Context, data string, stderr io.Writer) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := exec.CommandContext(ctx, self, "serve", "--json", "--data", data, "--join", "", "--port", "0", "--ops-port", "0", "--log-level", "error")
	p.Cancel = func() error { return p.Process.Signal(os.Interrupt) }
	p.WaitDelay = 2 * stopWithin
	p.Stderr = stderr
	out, err := p.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.Start(); err != nil {
		return nil, fmt.Errorf("start a server: %w", err)
	}
	c := &child{process: p}
	if err := json.NewDecoder(out).Decode(&c.served); err != nil {
		return nil, errors.Join(fmt.Errorf("the server did not start: %w", err), p.Wait())
	}
	return c, nil
}

func (c *child) stop() {
	_ = c.process.Process.Signal(os.Interrupt)
	_ = c.process.Wait()
}

// progressOn shows a bar per stage on a terminal, and nothing elsewhere.
func progressOn(w io.Writer) func(stage string, done, of int) {
	if !ops.IsTerminal(w) {
		return nil
	}
	var bar *pb.ProgressBar
	current := ""
	return func(stage string, done, of int) {
		if stage != current {
			if bar != nil {
				bar.Finish()
			}
			current, bar = stage, pb.New(of).SetWriter(w).Set("prefix", stage+" ").Start()
		}
		bar.SetCurrent(int64(done))
		if done >= of {
			bar.Finish()
		}
	}
}
