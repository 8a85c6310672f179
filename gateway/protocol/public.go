package protocol

// PublicEvent is a numbered event as customers get it: a type of its own, so that what agents see beside it cannot slip
// in. Every body below is an allow-list. Seq is the public number.
type PublicEvent struct {
	Ev   string     `json:"ev"`
	Conv string     `json:"conv"`
	Seq  uint64     `json:"seq"`
	At   int64      `json:"at"`
	Body PublicBody `json:"body"`
}

// PublicBody is a body that customers may see. Only types of this file have the method.
type PublicBody interface{ public() }

// PublicStarted tells a customer how the conversation began.
type PublicStarted struct {
	Number   uint64 `json:"number"`
	Queue    Named  `json:"queue"`
	Name     string `json:"name"`
	Greeting string `json:"greeting,omitempty"`
	Previous string `json:"previous,omitempty"`
}

// PublicMessage is a line.
type PublicMessage struct {
	From  Who    `json:"from"`
	Text  string `json:"text"`
	Files []File `json:"files,omitempty"`
	Key   string `json:"key,omitempty" doc:"the sender's key"`
}

// PublicAssigned tells who answers.
type PublicAssigned struct {
	Agent Named  `json:"agent"`
	How   string `json:"how" enum:"accepted,picked,by_hand,returned,reopened"`
}

// PublicResolved tells that it is done, for now.
type PublicResolved struct {
	By      string `json:"by" enum:"agent,customer"`
	Survey  bool   `json:"survey"`
	CloseAt int64  `json:"close_at"`
}

// PublicReopened tells that it goes on.
type PublicReopened struct {
	ByCustomer bool `json:"by_customer"`
}

// PublicClosed tells that it is over.
type PublicClosed struct {
	Reason string `json:"reason" enum:"agent,customer,timer,abandoned,max_wait"`
	Survey bool   `json:"survey"`
}

// PublicRated tells the score.
type PublicRated struct {
	Score   string `json:"score" enum:"bad,fine,good"`
	Comment string `json:"comment,omitempty"`
}

// PublicNothing is the body of unassigned, and of a kind that this gateway does not know (other).
type PublicNothing struct{}

func (PublicStarted) public()  {}
func (PublicMessage) public()  {}
func (PublicAssigned) public() {}
func (PublicResolved) public() {}
func (PublicReopened) public() {}
func (PublicClosed) public()   {}
func (PublicRated) public()    {}
func (PublicNothing) public()  {}
