package protocol

// Named is an object with its name.
type Named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Person is an agent with its role.
type Person struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Role string `json:"role" enum:"agent,supervisor,administrator"`
}

// File is an attachment, named by the SHA-256 of its content within its conversation.
type File struct {
	Hash   string `json:"hash" doc:"64 hex digits"`
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	Type   string `json:"type" doc:"media type, found by the server"`
	Width  int32  `json:"width,omitempty"`
	Height int32  `json:"height,omitempty"`
}

// Start begins a conversation.
type Start struct {
	Name     string `json:"name,omitempty" doc:"at most 200 characters"`
	Email    string `json:"email,omitempty"`
	Page     string `json:"page,omitempty" doc:"address of the page, at most 2,000 characters"`
	Language string `json:"language,omitempty"`
	Text     string `json:"text"`
	Files    []File `json:"files,omitempty" doc:"none: there is no conversation yet to upload to"`
}

// StartOK answers start.
type StartOK struct {
	Conv   string `json:"conv"`
	Number uint64 `json:"number"`
	Seq    uint64 `json:"seq"`
	At     int64  `json:"at"`
}

// Send writes a message, or a note.
type Send struct {
	Conv  string `json:"conv"`
	Text  string `json:"text" doc:"1 to 10,000 characters unless there are files"`
	Files []File `json:"files,omitempty"`
}

// SendOK answers send and note.
type SendOK struct {
	Seq   uint64 `json:"seq"`
	At    int64  `json:"at"`
	Moved *Moved `json:"moved,omitempty" doc:"the conversation was closed: the message began this one"`
}

// Moved names the conversation that a message to a closed one began.
type Moved struct {
	Conv   string `json:"conv"`
	Number uint64 `json:"number"`
}

// OfConv is a command to a conversation that says nothing more.
type OfConv struct {
	Conv string `json:"conv"`
}

// Rate gives a score.
type Rate struct {
	Conv    string `json:"conv"`
	Score   string `json:"score" enum:"bad,fine,good"`
	Comment string `json:"comment,omitempty" doc:"at most 2,000 characters"`
}

// OfOffer accepts or declines.
type OfOffer struct {
	Conv  string `json:"conv"`
	Offer string `json:"offer"`
}

// SeqOK answers accept.
type SeqOK struct {
	Seq uint64 `json:"seq"`
}

// Empty is a body or an answer without content.
type Empty struct{}

// Assign gives a conversation to an agent by hand.
type Assign struct {
	Conv   string `json:"conv"`
	Agent  string `json:"agent"`
	Forced bool   `json:"forced,omitempty" doc:"beyond the limit"`
}

// SetPresence chooses a presence.
type SetPresence struct {
	State  string `json:"state" enum:"accepting,not_accepting,break,call,offline"`
	Reason string `json:"reason,omitempty" doc:"of a break"`
}

// SignOut ends this session, or all of the agent's.
type SignOut struct {
	All bool `json:"all,omitempty"`
}

// History reads a page of events.
type History struct {
	Conv   string `json:"conv"`
	Before uint64 `json:"before,omitempty" doc:"the newest before it; without before and after the newest of all"`
	After  uint64 `json:"after,omitempty" doc:"the oldest behind it"`
	Limit  int    `json:"limit,omitempty" doc:"1 to 200, 50 when left out"`
}

// HistoryOK answers history; the events are ascending.
type HistoryOK struct {
	Events []any `json:"events"`
	More   bool  `json:"more"`
}

// RowOK answers view and open.
type RowOK struct {
	Row Row `json:"row"`
}

// OfContact asks for a card.
type OfContact struct {
	Contact string `json:"contact"`
}

// CardOK is a customer's card.
type CardOK struct {
	Contact       Contact `json:"contact"`
	Conversations []Row   `json:"conversations" doc:"newest first, at most 20"`
	MaybeSame     []Row   `json:"maybe_same" doc:"last conversations of cards with the same unproven e-mail, at most 20"`
}

// Contact is who a customer is.
type Contact struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Email       string `json:"email,omitempty"`
	EmailProven bool   `json:"email_proven"`
	Since       int64  `json:"since"`
}

// Watch names a view.
type Watch struct {
	View string `json:"view" enum:"queues,agents"`
}

// Marks tells how far one has received and read, as seqs of one's own audience; 0 = unchanged.
type Marks struct {
	Conv      string `json:"conv"`
	Delivered uint64 `json:"delivered,omitempty"`
	Seen      uint64 `json:"seen,omitempty"`
}

// Typing tells that one writes. Note: into a note, which customers are not told.
type Typing struct {
	Conv string `json:"conv"`
	On   bool   `json:"on"`
	Note bool   `json:"note,omitempty"`
}

// Peek is the whole text as typed so far; empty clears.
type Peek struct {
	Conv string `json:"conv"`
	Text string `json:"text"`
}

// VersionOK answers a change of the configuration.
type VersionOK struct {
	Version uint64 `json:"version"`
}

// IssueLink makes a one-time link.
type IssueLink struct {
	Agent   string `json:"agent"`
	ValidMS int64  `json:"valid_ms,omitempty" doc:"1 min to 7 days, 1 h when left out"`
}

// LinkOK is a secret, shown once.
type LinkOK struct {
	Link string `json:"link"`
}

// SetPassword sets one's own password, or an administrator somebody's.
type SetPassword struct {
	Agent    string `json:"agent,omitempty"`
	Password string `json:"password" doc:"12 to 128 characters"`
}

// Login asks for a token.
type Login struct {
	Login    string `json:"login"`
	Password string `json:"password"`
}

// Redeem trades a one-time link for a token.
type Redeem struct {
	Link string `json:"link"`
}

// TokenOK answers login and redeem.
type TokenOK struct {
	Token string `json:"token"`
	Agent Person `json:"agent"`
}

// FileOK answers an upload.
type FileOK struct {
	File File `json:"file"`
}
