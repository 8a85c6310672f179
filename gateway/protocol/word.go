package protocol

import (
	"strings"

	"parley/engine/id"
)

// offerPrefix stands before a reservation: an offer has no entity of its own.
const offerPrefix = "off_"

// FormatOffer writes a reservation for clients; empty for none.
func FormatOffer(r id.ID) string {
	if r.IsZero() {
		return ""
	}
	return offerPrefix + r.String()
}

// ParseOffer reads what FormatOffer wrote. Errors: id.ErrBad.
func ParseOffer(s string) (id.ID, error) {
	rest, ok := strings.CutPrefix(s, offerPrefix)
	if !ok {
		return id.ID{}, id.ErrBad
	}
	return id.Parse(id.Conversation, id.Conversation.Prefix()+"_"+rest)
}

// Word is the protocol's spelling of an enum's value: the generated name in lower case, without what sets it apart in
// its package. Zero values that mean "not set" are the empty word.
func Word(generated string) string {
	w := strings.ToLower(generated)
	if strings.HasSuffix(w, "_unset") {
		return ""
	}
	return w
}
