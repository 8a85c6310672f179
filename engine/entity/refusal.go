package entity

// Code is a refusal's stable name: one table at the gateway says what a client does about it.
type Code string

// CodeParked is the verdict on an effect that was given up for now: internal, quarantined or of a newer format for a minute.
const CodeParked Code = "parked"

// Refusal is a decision that changes nothing. Each package declares one per decision a caller can make.
type Refusal struct {
	Code   Code
	Detail string // for people and tests; may name what stood in the way, never text of a conversation
	Reply  Replier
}

// Replier is what a refusal tells beside its code, such as who took an offer: the entity's Reply.
type Replier interface {
	MarshalVT() ([]byte, error)
}

// Refuse declares a refusal.
func Refuse(code Code, detail string) *Refusal { return &Refusal{Code: code, Detail: detail} }

// Error returns code and detail.
func (r *Refusal) Error() string { return string(r.Code) + ": " + r.Detail }

// Is matches by code, so that a refusal with more detail is still the sentinel.
func (r *Refusal) Is(target error) bool {
	t, ok := target.(*Refusal)
	return ok && t.Code == r.Code
}

// With returns the refusal with what its caller should know.
func (r *Refusal) With(reply Replier) *Refusal {
	c := *r
	c.Reply = reply
	return &c
}

// The refusals every entity shares.
var (
	ErrUnknownEntity  = Refuse("not_found", "no such entity")
	ErrUnknownCommand = Refuse("unknown_command", "the entity does not know this command")
	ErrForbidden      = Refuse("forbidden", "not allowed for this participant")
	ErrInvalid        = Refuse("invalid", "a field is missing or out of range")
)
