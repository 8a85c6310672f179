package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"time"

	"parley/config"
	"parley/demo"
	"parley/engine/centre"
)

// serveCmd is `parley serve`.
type serveCmd struct {
	config.Flags
	Config string  `help:"Configuration file." placeholder:"FILE" env:"PARLEY_CONFIG"`
	Join   *string `help:"Needed once, on an empty folder: \"\" creates a new cluster here." placeholder:"HOST"`
	JSON   bool    `name:"json" help:"Print where everything is as one JSON object."`
}

// served is what serve --json prints once the node serves.
type served struct {
	URL      string `json:"url"`
	OpsURL   string `json:"ops_url"`
	Data     string `json:"data"`
	AdminURL string `json:"admin_url,omitempty"` // one-time link of the first administrator, only while the centre is empty
}

func (c *serveCmd) Run(ctx context.Context, s streams) error {
	loaded, err := loadConfig(c.Config, c.Flags)
	if err != nil {
		return err
	}
	conf := loaded.Config
	if err := c.mayStart(conf.Data); err != nil {
		return err
	}
	clients, opsListener, err := listenBoth(conf.Bind, conf.Port, conf.OpsBind, conf.OpsPort, false, false)
	if err != nil {
		return err
	}
	n, err := startNode(ctx, conf, clients, opsListener, s.Err)
	if err != nil {
		return errors.Join(err, clients.Close(), opsListener.Close())
	}
	at := served{URL: n.url(), OpsURL: n.opsURL(), Data: conf.Data}
	if c := n.actors.Config(); len(c.Agents) == 0 || onlyFirst(c) {
		link, err := firstAdministrator(ctx, n)
		if err != nil {
			return errors.Join(err, n.stop())
		}
		at.AdminURL = link
	}
	if err := c.tell(s.Out, at); err != nil {
		return errors.Join(err, n.stop())
	}
	<-ctx.Done()
	return n.stop()
}

// mayStart refuses an empty folder without --join: a node that was meant to join, or whose folder was mistyped, must not
// quietly begin a second cluster.
func (c *serveCmd) mayStart(dir string) error {
	fresh, err := emptyFolder(dir)
	switch {
	case err != nil:
		return err
	case c.Join != nil && *c.Join != "":
		return fmt.Errorf("--join %s: this version runs one node; more nodes come with the cluster", *c.Join)
	case fresh && c.Join == nil:
		return fmt.Errorf("%s holds no data yet. To create a new cluster here:\n  parley serve --data %s --join \"\"\nTo add a node to an existing one (comes with the cluster):\n  parley serve --data %s --join HOST", dir, dir, dir)
	}
	return nil
}

func (c *serveCmd) tell(w io.Writer, at served) error {
	if c.JSON {
		return writeJSON(w, at)
	}
	fmt.Fprintf(w, "parley serves %s\n  operations  %s\n  data        %s\n", at.URL, at.OpsURL, at.Data)
	if at.AdminURL != "" {
		fmt.Fprintf(w, "  first administrator (once, 30 minutes)  %s\n", at.AdminURL)
	}
	return nil
}

// linkLife is how long a one-time link is good for.
const linkLife = 30 * time.Minute

// firstAdministrator makes the one person an empty centre needs and returns the sign-in link.
func firstAdministrator(ctx context.Context, n *node) (string, error) {
	for agent := range n.actors.Config().Agents {
		return n.link(ctx, agent)
	}
	who, err := demo.Administrator(ctx, n.actors, wallClock(), rand.Reader)
	if err != nil {
		return "", err
	}
	return n.link(ctx, who)
}

// onlyFirst reports whether nobody but the first administrator was made yet: whoever starts the node may still need the way in.
func onlyFirst(c *centre.Config) bool { return len(c.Agents) == 1 && c.ByLogin("admin") != nil }
