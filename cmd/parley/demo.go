package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"parley/config"
	"parley/demo"
	"parley/engine/centre"
	"parley/engine/id"
)

// demoCmd is `parley demo`.
type demoCmd struct {
	Data      string `help:"Folder of the data; a temporary one, removed at the end, when not given." placeholder:"DIR"`
	Port      *int   `help:"Port for browsers, 0 = any free one. Not given: 8080, or the next free one."`
	OpsPort   *int   `help:"Port of metrics and health, 0 = any free one. Not given: 9090, or the next free one."`
	Customers int    `default:"0" help:"Simulated customers who come, talk and come again."`
	LogLevel  string `default:"warn" enum:"debug,info,warn,error" help:"debug, info, warn or error."`
	JSON      bool   `name:"json" help:"Print where everything is as one JSON object."`
}

// shownDemo is what demo --json prints once it serves.
type shownDemo struct {
	ShopURL       string       `json:"shop_url"`
	Agents        []shownAgent `json:"agents"`
	SupervisorURL string       `json:"supervisor_url"`
	AdminURL      string       `json:"admin_url"`
	DemoURL       string       `json:"demo_url"`
	OpsURL        string       `json:"ops_url"`
	Data          string       `json:"data"`
}

type shownAgent struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

func (c *demoCmd) Run(ctx context.Context, s streams) (err error) {
	began := wallClock()
	conf, remove, err := c.configure()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	clients, opsListener, err := listenBoth(conf.Bind, conf.Port, conf.OpsBind, conf.OpsPort, c.Port == nil, c.OpsPort == nil)
	if err != nil {
		return err
	}
	n, err := startNode(ctx, conf, clients, opsListener, s.Err)
	if err != nil {
		return errors.Join(err, clients.Close(), opsListener.Close())
	}
	defer func() { err = errors.Join(err, n.stop()) }()
	if !demo.Seeded(n.actors.Config()) {
		if err := demo.Seed(ctx, n.actors); err != nil {
			return err
		}
	}
	n.page.Store(&demoPage{node: n, data: conf.Data, temporary: c.Data == "", customers: c.Customers, ready: wallClock().Sub(began)})
	at, err := c.links(ctx, n)
	if err != nil {
		return err
	}
	if err := c.tell(s.Out, at, conf); err != nil {
		return err
	}
	if c.Customers > 0 {
		return demo.Customers(ctx, n.url(), c.Customers, n.log)
	}
	<-ctx.Done()
	return nil
}

// configure is the default configuration with what the demo's flags say. remove throws a temporary folder away.
func (c *demoCmd) configure() (conf config.Config, remove func() error, err error) {
	conf, remove = config.Default(), func() error { return nil }
	conf.Log.Level, conf.Data = c.LogLevel, c.Data
	if c.Port != nil {
		conf.Port = *c.Port
	}
	if c.OpsPort != nil {
		conf.OpsPort = *c.OpsPort
	}
	if c.Data == "" {
		conf.Data, remove, err = temporaryFolder()
	} else if conf.Data, err = filepath.Abs(c.Data); err == nil {
		conf.Data = filepath.Clean(conf.Data)
	}
	return conf, remove, err
}

func (c *demoCmd) links(ctx context.Context, n *node) (shownDemo, error) {
	at := shownDemo{ShopURL: n.url() + "/shop/", DemoURL: n.url() + "/demo/", OpsURL: n.opsURL(), Data: n.conf.Data}
	for _, p := range demo.People {
		url, err := n.link(ctx, p.ID)
		if err != nil {
			return at, err
		}
		switch p.Role {
		case centre.Role_SUPERVISOR:
			at.SupervisorURL = url
		case centre.Role_ADMINISTRATOR:
			at.AdminURL = url
		default:
			at.Agents = append(at.Agents, shownAgent{Name: p.Name, URL: url})
		}
	}
	return at, nil
}

// link makes a one-time link that signs an agent in. Its secret stands behind the #, which no browser sends to a server
// and no server logs.
func (n *node) link(ctx context.Context, agent id.ID) (string, error) {
	secret, err := n.gateway.IssueLink(ctx, agent, linkLife)
	if err != nil {
		return "", err
	}
	return n.url() + "/login#link=" + secret, nil
}

func (c *demoCmd) tell(w io.Writer, at shownDemo, conf config.Config) error {
	if c.JSON {
		return writeJSON(w, at)
	}
	fmt.Fprintf(w, "\nA contact centre is open, on this computer only.\n\n")
	fmt.Fprintf(w, "  Start here            %s\n", at.DemoURL)
	fmt.Fprintf(w, "  Shop with the chat    %s\n", at.ShopURL)
	for _, a := range at.Agents {
		fmt.Fprintf(w, "  %-20s  %s\n", a.Name, a.URL)
	}
	fmt.Fprintf(w, "  %-20s  %s\n", "Supervisor", at.SupervisorURL)
	fmt.Fprintf(w, "  %-20s  %s\n", "Administrator", at.AdminURL)
	fmt.Fprintf(w, "  Metrics               %s/metrics\n", at.OpsURL)
	if c.Data == "" {
		fmt.Fprintf(w, "  Data                  %s (removed at the end; --data DIR keeps it)\n", at.Data)
	} else {
		fmt.Fprintf(w, "  Data                  %s\n", at.Data)
	}
	fmt.Fprintf(w, "\nEach sign-in link works once, within 30 minutes. Stop with Ctrl C.\n")
	if c.Port == nil && !samePort(at.ShopURL, conf.Port) {
		fmt.Fprintf(w, "Port %d was taken, so the next free one is used.\n", conf.Port)
	}
	fmt.Fprintln(w)
	return nil
}

// demoPage answers GET /demo/state for the demo's start page.
type demoPage struct {
	node      *node
	data      string
	temporary bool
	customers int
	ready     time.Duration
}

// demoState is the shape of web/demo/state.ts.
type demoState struct {
	Inbox     string       `json:"inbox"`
	Centre    string       `json:"centre"`
	People    []demoPerson `json:"people"`
	Queues    int          `json:"queues"`
	Address   string       `json:"address"`
	Metrics   string       `json:"metrics"`
	Data      string       `json:"data"`
	PID       int          `json:"pid"`
	ReadyMS   int64        `json:"ready_ms"`
	Temporary bool         `json:"temporary,omitempty"` // the folder is thrown away at the end
	Customers int          `json:"customers"`
}

type demoPerson struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Role string `json:"role"`
	URL  string `json:"url"`
}

// state makes fresh one-time links each time it is asked: those shown before may have been used.
func (p *demoPage) state(ctx context.Context) (demoState, error) {
	c := p.node.actors.Config()
	s := demoState{
		Inbox: id.Format(id.Inbox, demo.ShopInbox), Centre: c.Settings.GetName(), Queues: len(c.Queues), Address: p.node.url(),
		Metrics: p.node.opsURL() + "/metrics", Data: p.data, Temporary: p.temporary, PID: os.Getpid(), ReadyMS: p.ready.Milliseconds(), Customers: p.customers,
	}
	for _, person := range demo.People {
		url, err := p.node.link(ctx, person.ID)
		if err != nil {
			return s, err
		}
		s.People = append(s.People, demoPerson{ID: id.Format(id.Agent, person.ID), Name: person.Name, Role: roleWords[person.Role], URL: url})
	}
	return s, nil
}

var roleWords = map[centre.Role]string{centre.Role_AGENT: "agent", centre.Role_SUPERVISOR: "supervisor", centre.Role_ADMINISTRATOR: "administrator"}
