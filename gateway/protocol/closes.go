package protocol

// Close is one row of the table of close codes.
type Close struct {
	Code   int
	Reason string // at most 123 bytes
	Do     string
}

// The close codes.
const (
	CloseNormal    = 1000
	CloseDraining  = 1001
	CloseUTF8      = 1007
	CloseTooLarge  = 1009
	CloseSlow      = 1013
	CloseBroken    = 4400
	CloseSignIn    = 4401
	CloseForbidden = 4403
	CloseNoHello   = 4408
	CloseTooMany   = 4429
)

// Closes is the table of close codes, in the order of PROTOCOL.md.
var Closes = []Close{
	{CloseNormal, "closed by the client", "–"},
	{CloseDraining, "draining: reconnect after reconnect_ms of `bye`", "retry"},
	{CloseTooLarge, "frame over 64 KiB", "fix"},
	{CloseUTF8, "invalid UTF-8", "fix"},
	{CloseSlow, "too slow: resume from your cursor", "retry"},
	{CloseBroken, "broken frame", "fix"},
	{CloseSignIn, "sign in again", "sign_in"},
	{CloseForbidden, "origin or inbox not allowed", "stop"},
	{CloseNoHello, "no hello within 5 s", "retry"},
	{CloseTooMany, "too many connections or frames", "retry"},
}
