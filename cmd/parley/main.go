// Command parley is the chat engine: one binary with a subcommand for everything.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// cli is every subcommand; each lives in the file of its name.
type cli struct {
	Demo    demoCmd    `cmd:"" help:"Open a contact centre on this computer to try everything on."`
	Serve   serveCmd   `cmd:"" help:"Run a node."`
	Bench   benchCmd   `cmd:"" help:"Measure a server through its public protocol."`
	Config  configCmd  `cmd:"" help:"Write, check, show and document the configuration of a node."`
	Doctor  doctorCmd  `cmd:"" help:"Look at this machine: folder, disk, ports, clock, limits."`
	Version versionCmd `cmd:"" help:"Print version, commit and Go version."`
}

// streams is where a subcommand writes: answers to Out, all that is said on the way to Err.
type streams struct{ Out, Err io.Writer }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(exitCode(run(ctx, os.Args[1:], os.Stdout, os.Stderr), os.Stderr))
}

// run parses the arguments and runs the subcommand. Errors: usageError when the arguments make no sense, errSilent
// when everything has been said, else what the subcommand returns.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	type exit struct{ code int }
	defer func() { // kong's --help wants to end the process from within the parser
		switch r := recover().(type) {
		case nil:
		case exit:
			err = nil
		default:
			panic(r)
		}
	}()
	var c cli
	parser, err := kong.New(&c,
		kong.Name("parley"),
		kong.Description("A chat engine for contact centres: one node or a cluster, no other service needed."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { panic(exit{code}) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(streams{Out: stdout, Err: stderr}),
	)
	if err != nil {
		return fmt.Errorf("command line: %w", err)
	}
	chosen, err := parser.Parse(args)
	if err != nil {
		return usageError{err}
	}
	return chosen.Run()
}

// usageError is a command line that makes no sense.
type usageError struct{ error }

// errSilent ends a command with code 1 without another word.
var errSilent = errors.New("silent")

// exitCode says the error and picks the code: 0 done, 1 failed, 2 used wrongly.
func exitCode(err error, stderr io.Writer) int {
	var usage usageError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errSilent):
		return 1
	case errors.As(err, &usage):
		fmt.Fprintf(stderr, "parley: %v\nparley --help lists the commands\n", err)
		return 2
	}
	fmt.Fprintf(stderr, "parley: %v\n", err)
	return 1
}
