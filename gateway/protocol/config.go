package protocol

// Settings hold for the whole centre. A length of 0 takes the default.
type Settings struct {
	Name            string   `json:"name"`
	Limit           int32    `json:"limit,omitempty" doc:"conversations an agent holds at once; 0 = 4"`
	AgentGraceMS    int64    `json:"agent_grace_ms,omitempty" doc:"0 = 30 s"`
	CustomerGraceMS int64    `json:"customer_grace_ms,omitempty" doc:"0 = 60 s"`
	BreakReasons    []string `json:"break_reasons,omitempty"`
}

// Pool is a set of queues that share agents.
type Pool struct {
	ID   string `json:"id" doc:"pol_…"`
	Name string `json:"name"`
}

// Queue is where conversations wait.
type Queue struct {
	ID              string `json:"id"`
	Name            string `json:"name"`
	Pool            string `json:"pool" doc:"never changes"`
	Priority        int32  `json:"priority,omitempty" doc:"1 to 100, 1 first; 0 = 50"`
	Greeting        string `json:"greeting,omitempty"`
	OfferMS         int64  `json:"offer_ms,omitempty" doc:"5 s to 5 min; 0 = 30 s"`
	Misses          int32  `json:"misses,omitempty" doc:"lapses in a row until a break; 0 = 2"`
	MaxWaitMS       int64  `json:"max_wait_ms,omitempty" doc:"0 = no limit"`
	Limit           int32  `json:"limit,omitempty" doc:"conversations of this queue one agent holds; 0 = no limit of its own"`
	ExcludeMS       int64  `json:"exclude_ms,omitempty" doc:"0 = 60 s"`
	BreakReturnMS   int64  `json:"break_return_ms,omitempty" doc:"0 = 2 min"`
	AgentLost       string `json:"agent_lost,omitempty" enum:"requeue,on_next_message,keep"`
	PullBeyondLimit bool   `json:"pull_beyond_limit,omitempty"`
}

// InboxConfig is an entry point as an administrator sees it.
type InboxConfig struct {
	ID           string   `json:"id"`
	Name         string   `json:"name"`
	Style        string   `json:"style" enum:"live,live_return,messaging"`
	Queue        string   `json:"queue"`
	Anonymous    bool     `json:"anonymous,omitempty"`
	Peek         bool     `json:"peek,omitempty"`
	Rating       bool     `json:"rating,omitempty"`
	Greeting     string   `json:"greeting,omitempty"`
	Origins      []string `json:"origins,omitempty" doc:"sites that may embed the widget; none = any"`
	CloseAfterMS int64    `json:"close_after_ms,omitempty" doc:"0 = by style"`
	Brand        string   `json:"brand,omitempty" doc:"colour, #rrggbb"`
}

// AgentConfig is a person of the centre as an administrator sees it.
type AgentConfig struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Login       string   `json:"login"`
	Role        string   `json:"role" enum:"agent,supervisor,administrator"`
	Queues      []Member `json:"queues,omitempty"`
	Limit       *int32   `json:"limit,omitempty" doc:"conversations at once; left out or -1 = the centre's"`
	Deactivated bool     `json:"deactivated,omitempty"`
}

// Member is an agent's place in a queue.
type Member struct {
	Queue string `json:"queue"`
	Rank  int32  `json:"rank,omitempty" doc:"1 first; 0 = 1"`
}

// ConfigOK is the whole configuration.
type ConfigOK struct {
	Settings Settings      `json:"settings"`
	Pools    []Pool        `json:"pools"`
	Queues   []Queue       `json:"queues"`
	Inboxes  []InboxConfig `json:"inboxes"`
	Agents   []AgentConfig `json:"agents"`
	Version  uint64        `json:"version"`
}
