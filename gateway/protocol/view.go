package protocol

// Line is the last line of a conversation, shortened to 200 characters.
type Line struct {
	Text string `json:"text"`
	At   int64  `json:"at"`
	From string `json:"from" enum:"customer,agent,system"`
	Note bool   `json:"note,omitempty"`
}

// Conv is a conversation as its customer sees it.
type Conv struct {
	Conv      string `json:"conv"`
	Number    uint64 `json:"number"`
	Status    string `json:"status" enum:"bot,new,open,pending,on_hold,snoozed,resolved,closed"`
	Seq       uint64 `json:"seq" doc:"public number of the last event"`
	Agent     *Named `json:"agent,omitempty"`
	StartedAt int64  `json:"started_at"`
	EndedAt   int64  `json:"ended_at,omitempty"`
	Survey    bool   `json:"survey"`
	Score     string `json:"score,omitempty" enum:"bad,fine,good"`
	Last      *Line  `json:"last,omitempty"`
	Position  int    `json:"position,omitempty"`
	Delivered uint64 `json:"delivered" doc:"how far the agents' side has received"`
	Seen      uint64 `json:"seen" doc:"how far the agents' side has read"`
	Unread    uint64 `json:"unread" doc:"events behind the customer's own seen"`
}

// Row is a conversation as agents see it.
type Row struct {
	Conv            string `json:"conv"`
	Number          uint64 `json:"number"`
	Status          string `json:"status" enum:"bot,new,open,pending,on_hold,snoozed,resolved,closed"`
	Route           string `json:"route" enum:"idle,queued,offered,assigned"`
	Activity        string `json:"activity" enum:"active,inactive,customer_gone"`
	Contact         string `json:"contact"`
	Inbox           string `json:"inbox"`
	Queue           Named  `json:"queue"`
	Name            string `json:"name"`
	Email           string `json:"email,omitempty"`
	Page            string `json:"page,omitempty"`
	Language        string `json:"language,omitempty"`
	Owner           *Named `json:"owner,omitempty"`
	OfferedTo       *Named `json:"offered_to,omitempty"`
	Offer           string `json:"offer,omitempty"`
	OfferUntil      int64  `json:"offer_until,omitempty"`
	Seq             uint64 `json:"seq"`
	StartedAt       int64  `json:"started_at"`
	QueuedAt        int64  `json:"queued_at,omitempty"`
	AssignedAt      int64  `json:"assigned_at,omitempty"`
	EndedAt         int64  `json:"ended_at,omitempty"`
	UnansweredSince int64  `json:"unanswered_since,omitempty"`
	Last            *Line  `json:"last,omitempty"`
	CustomerOnline  bool   `json:"customer_online"`
	Score           string `json:"score,omitempty" enum:"bad,fine,good"`
	Comment         string `json:"comment,omitempty"`
	CloseReason     string `json:"close_reason,omitempty"`
	Previous        string `json:"previous,omitempty"`
	Delivered       uint64 `json:"delivered" doc:"how far the customer has received, as agents' seq"`
	Seen            uint64 `json:"seen" doc:"how far the customer has read, as agents' seq"`
	MySeen          uint64 `json:"my_seen"`
	Peek            bool   `json:"peek" doc:"the inbox allows to see what is being typed"`
}

// Inbox is an entry point as the loader and the widget see it.
type Inbox struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Anonymous bool   `json:"anonymous"`
	Peek      bool   `json:"peek"`
	Rating    bool   `json:"rating"`
	Brand     string `json:"brand,omitempty" doc:"colour, #rrggbb"`
	Centre    string `json:"centre"`
}

// QueuePush tells a waiting customer its place; 0 = it waits no longer.
type QueuePush struct {
	Position int   `json:"position"`
	WaitMS   int64 `json:"wait_ms,omitempty"`
}

// TypingPush tells that somebody writes.
type TypingPush struct {
	Who Who  `json:"who"`
	On  bool `json:"on"`
}

// PeekPush is what the customer types.
type PeekPush struct {
	Text string `json:"text"`
}

// MarksPush tells how far somebody has received and read, as seqs of the receiver's audience.
type MarksPush struct {
	Of        string `json:"of" doc:"customer, or an agent's id"`
	Delivered uint64 `json:"delivered"`
	Seen      uint64 `json:"seen"`
}

// OnlinePush tells whether the customer is connected.
type OnlinePush struct {
	On bool `json:"on"`
}

// Me is an agent's own state.
type Me struct {
	Presence  string  `json:"presence" enum:"accepting,not_accepting,break,call,offline"`
	Reason    string  `json:"reason,omitempty"`
	Since     int64   `json:"since"`
	Automatic bool    `json:"automatic,omitempty" doc:"set by the system, such as after missed offers"`
	Connected bool    `json:"connected"`
	Workload  int     `json:"workload"`
	Limit     int     `json:"limit"`
	Misses    int     `json:"misses"`
	Offers    []Offer `json:"offers"`
	Work      []Work  `json:"work"`
	Done      []Done  `json:"done" doc:"newest first"`
}

// Offer is a conversation one is asked to take.
type Offer struct {
	Conv  string `json:"conv"`
	Offer string `json:"offer"`
	Until int64  `json:"until"`
}

// Work is a conversation one has.
type Work struct {
	Conv  string `json:"conv"`
	Offer string `json:"offer"`
	Since int64  `json:"since"`
}

// Done is a conversation one had.
type Done struct {
	Conv string `json:"conv"`
	At   int64  `json:"at"`
}

// QueuesPush is every queue as it is now.
type QueuesPush struct {
	Queues []QueueRow `json:"queues"`
}

// QueueRow is one queue as it is now.
type QueueRow struct {
	ID              string    `json:"id"`
	Name            string    `json:"name"`
	Waiting         int       `json:"waiting"`
	OldestSince     int64     `json:"oldest_since,omitempty"`
	Accepting       int       `json:"accepting" doc:"members who accept"`
	Free            int       `json:"free" doc:"members who accept and have room"`
	PerAssignmentMS int64     `json:"per_assignment_ms,omitempty"`
	Assigned        int       `json:"assigned"`
	Ended           int       `json:"ended" doc:"left without an agent"`
	First           []Waiting `json:"first" doc:"the first 20 in order"`
}

// Waiting is one conversation in a queue.
type Waiting struct {
	Conv      string `json:"conv"`
	Since     int64  `json:"since"`
	OfferedTo string `json:"offered_to,omitempty"`
}

// AgentsPush is the agents that changed; all of them at first.
type AgentsPush struct {
	Agents []AgentRow `json:"agents"`
}

// AgentRow is one agent as it is now.
type AgentRow struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Presence  string `json:"presence" enum:"accepting,not_accepting,break,call,offline"`
	Reason    string `json:"reason,omitempty"`
	Since     int64  `json:"since"`
	Connected bool   `json:"connected"`
	Workload  int    `json:"workload"`
	Limit     int    `json:"limit"`
}

// Bye comes before the server closes.
type Bye struct {
	Why         string `json:"why" enum:"draining,signed_out,replaced"`
	ReconnectMS int64  `json:"reconnect_ms"`
}
