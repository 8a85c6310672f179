package protocol

import (
	"fmt"
	"net/http"
	"time"
)

// Do is what a client does about a code.
type Do string

// The ways on.
const (
	Fix    Do = "fix"     // the request is wrong: another one may work
	Retry  Do = "retry"   // the same key again, after RetryAfterMS
	SignIn Do = "sign_in" // sign in again
	Stop   Do = "stop"    // it will never work
)

// Code is one row of the one table of errors: what a client is told, and what it does about it.
type Code struct {
	Code    string
	Status  int    // over REST
	Do      Do     // what a client does
	Message string // for people: what happened, what it means, the way on
}

// Error is what a client gets instead of an answer. It carries nothing internal.
type Error struct {
	Code         string         `json:"code"`
	Message      string         `json:"message"`
	RetryAfterMS int64          `json:"retry_after_ms,omitempty"`
	Details      map[string]any `json:"details,omitempty"`
}

// Error returns code and message.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Row returns the code's row of the table.
func (e *Error) Row() Code { return rowOf(e.Code) }

// The codes that the gateway itself gives.
const (
	BadJSON        = "bad_json"
	BadUTF8        = "bad_utf8"
	UnknownField   = "unknown_field"
	UnknownCommand = "unknown_command"
	Invalid        = "invalid"
	KeyMissing     = "key_missing"
	KeyReused      = "key_reused"
	KeyTooOld      = "key_too_old"
	KeyInFuture    = "key_in_future"
	TooLarge       = "too_large"
	NotFound       = "not_found"
	Forbidden      = "forbidden"
	NotSignedIn    = "not_signed_in"
	WrongPassword  = "wrong_password"
	OriginRefused  = "origin_refused"
	RateLimited    = "rate_limited"
	TooManyConns   = "too_many_connections"
	Busy           = "busy"
	Unknown        = "unknown"
	Internal       = "internal"
	Quarantined    = "quarantined"
	DiskFull       = "disk_full"
	Draining       = "draining"
	FileRefused    = "file_refused"
	FileGone       = "file_gone"
	OnlySocket     = "only_socket"
	HelloFirst     = "hello_first"
	TextEmpty      = "text_empty"
	TextTooLong    = "text_too_long"
	OfferTaken     = "offer_taken"
	LinkInvalid    = "link_invalid"
)

// Codes is the one table. A code that the engine gives has its row here too; a test walks the engine's refusals.
var Codes = []Code{
	// The request is wrong.
	{BadJSON, http.StatusBadRequest, Fix, "This request is not readable. It was not carried out."},
	{BadUTF8, http.StatusBadRequest, Fix, "The text holds bytes that are no characters. It was not sent."},
	{UnknownField, http.StatusBadRequest, Fix, "This request has a field that is not known here."},
	{UnknownCommand, http.StatusNotFound, Fix, "This command is not known here."},
	{Invalid, http.StatusUnprocessableEntity, Fix, "Something is missing or out of range."},
	{KeyMissing, http.StatusBadRequest, Fix, "This command needs a key."},
	{KeyReused, http.StatusConflict, Fix, "This key was used for another request. Use a new one."},
	{KeyTooOld, http.StatusConflict, Fix, "This key is older than 24 hours. Use a new one."},
	{KeyInFuture, http.StatusConflict, Fix, "This key is from the future. Set the clock by the server's time."},
	{TooLarge, http.StatusRequestEntityTooLarge, Fix, "This is too large."},
	{OnlySocket, http.StatusMethodNotAllowed, Fix, "This command works over the WebSocket only."},
	{HelloFirst, http.StatusBadRequest, Fix, "The first frame is hello."},
	{FileRefused, http.StatusUnsupportedMediaType, Fix, "This file was not accepted."},
	{FileGone, http.StatusUnprocessableEntity, Fix, "This file is not there any more. Attach it again."},
	{NotFound, http.StatusNotFound, Stop, "This is not here, or not for you."},
	{Forbidden, http.StatusForbidden, Stop, "You may not do this."},
	{OriginRefused, http.StatusForbidden, Stop, "This site may not show the chat."},

	// Messages and files.
	{TextEmpty, http.StatusUnprocessableEntity, Fix, "There is nothing to send yet."},
	{TextTooLong, http.StatusUnprocessableEntity, Fix, "This is longer than 10,000 characters. Shorten it, or send it as a file."},
	{"text_invalid", http.StatusUnprocessableEntity, Fix, "The text holds bytes that are no characters. It was not sent."},
	{"too_many_attachments", http.StatusUnprocessableEntity, Fix, "A message takes up to 10 files."},
	{"attachment_invalid", http.StatusUnprocessableEntity, Fix, "This file was not accepted. Attach it again."},
	{"rating_invalid", http.StatusUnprocessableEntity, Fix, "A rating is bad, fine or good, with at most 2,000 characters."},
	{"rating_not_asked", http.StatusConflict, Stop, "This conversation is not up for rating."},
	{"rating_over", http.StatusConflict, Stop, "The time to rate this conversation is over."},

	// Conversations.
	{"conversation_open", http.StatusConflict, Stop, "There is an open conversation already. Write there."},
	{"conversation_ended", http.StatusConflict, Stop, "This conversation has ended."},
	{"unknown_inbox", http.StatusNotFound, Stop, "This chat is not set up any more."},
	{"name_required", http.StatusUnprocessableEntity, Fix, "Fill in your name."},
	{"name_invalid", http.StatusUnprocessableEntity, Fix, "A name has at most 200 characters."},
	{"email_required", http.StatusUnprocessableEntity, Fix, "Fill in your e-mail address."},
	{"email_invalid", http.StatusUnprocessableEntity, Fix, "This is not an e-mail address."},
	{"not_owner", http.StatusConflict, Stop, "This conversation is not yours. Take it over first."},
	{"not_member", http.StatusForbidden, Stop, "Only members of its queue may do this."},
	{"too_many_sessions", http.StatusConflict, Stop, "This is open in too many places. Close one of them."},

	// Offers and assignments.
	{OfferTaken, http.StatusConflict, Stop, "Somebody else has taken it."},
	{"offer_lapsed", http.StatusConflict, Stop, "This offer has lapsed."},
	{"offer_void", http.StatusConflict, Stop, "This offer is not valid any more."},
	{"assigning", http.StatusConflict, Retry, "It is being assigned at this moment. Trying again."},
	{"unknown_agent", http.StatusNotFound, Stop, "There is no such agent, or the account is switched off."},
	{"unknown_reservation", http.StatusConflict, Stop, "This offer is not valid any more."},
	{"released", http.StatusConflict, Stop, "This offer is not valid any more."},
	{"gone", http.StatusNotFound, Stop, "This is not part of the centre any more."},
	{"full", http.StatusConflict, Stop, "No free slot. Assign it beyond the limit, or leave it in the queue."},
	{"not_accepting", http.StatusConflict, Stop, "Takes no new conversations right now."},
	{"offline", http.StatusConflict, Stop, "Is not connected right now."},
	{"on_break", http.StatusConflict, Stop, "Is on a break right now."},
	{"on_call", http.StatusConflict, Stop, "Is on a call right now."},
	{"unknown_reason", http.StatusUnprocessableEntity, Fix, "There is no such reason for a break."},

	// Configuration.
	{"login_taken", http.StatusConflict, Fix, "Another agent has this login name."},
	{"pool_fixed", http.StatusConflict, Fix, "A queue stays in its pool. Make a new queue."},
	{"unknown_reference", http.StatusUnprocessableEntity, Fix, "The pool or queue named here does not exist."},
	{"last_administrator", http.StatusConflict, Fix, "This would leave nobody who can change settings."},

	// Signing in.
	{NotSignedIn, http.StatusUnauthorized, SignIn, "You are signed out. Sign in again."},
	{WrongPassword, http.StatusUnauthorized, Fix, "Name or password is wrong."},
	{LinkInvalid, http.StatusUnauthorized, Fix, "This link does not work, or not any more. Ask for a new one."},
	{"deactivated", http.StatusForbidden, Stop, "This account is switched off."},

	// Try again.
	{RateLimited, http.StatusTooManyRequests, Retry, "That was a lot at once. Wait a moment."},
	{TooManyConns, http.StatusTooManyRequests, Retry, "Too many connections from here. Close one, or wait a moment."},
	{Busy, http.StatusServiceUnavailable, Retry, "A lot is going on right now. Trying again."},
	{Unknown, http.StatusGatewayTimeout, Retry, "No answer yet. Trying again; nothing is done twice."},
	{Draining, http.StatusServiceUnavailable, Retry, "This server is about to restart. Reconnecting."},
	{DiskFull, http.StatusInsufficientStorage, Retry, "The server is out of space. Nothing was changed."},
	{Internal, http.StatusInternalServerError, Stop, "Something failed on our side. Nothing was changed."},
	{Quarantined, http.StatusServiceUnavailable, Stop, "This conversation is stopped for now. The operator knows."},
	{"parked", http.StatusServiceUnavailable, Retry, "This takes longer than usual. It goes on by itself."},
}

var byCode = func() map[string]Code {
	m := make(map[string]Code, len(Codes))
	for _, c := range Codes {
		if _, twice := m[c.Code]; twice {
			panic("protocol: code " + c.Code + " stands twice in the table")
		}
		m[c.Code] = c
	}
	return m
}()

// Known reports whether the table has a row for the code.
func Known(code string) bool {
	_, ok := byCode[code]
	return ok
}

// rowOf returns a row for any code: one that is not in the table is a refusal of a newer engine, and says so.
func rowOf(code string) Code {
	if c, ok := byCode[code]; ok {
		return c
	}
	return Code{Code: code, Status: http.StatusConflict, Do: Stop, Message: "This is not possible now."}
}

// NewError makes the error of a code.
func NewError(code string) *Error { return &Error{Code: code, Message: rowOf(code).Message} }

// With returns the error with something to know about it.
func (e *Error) With(name string, value any) *Error {
	c := *e
	c.Details = make(map[string]any, len(e.Details)+1)
	for k, v := range e.Details {
		c.Details[k] = v
	}
	c.Details[name] = value
	return &c
}

// Say returns the error with words of its own.
func (e *Error) Say(format string, args ...any) *Error {
	c := *e
	c.Message = fmt.Sprintf(format, args...)
	return &c
}

// After returns the error with the time until the next try.
func (e *Error) After(d time.Duration) *Error {
	c := *e
	c.RetryAfterMS = max(1, d.Milliseconds())
	return &c
}
