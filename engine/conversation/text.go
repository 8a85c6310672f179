package conversation

import (
	"strings"
	"unicode/utf8"

	"parley/engine/msg/conv"
)

// Bounds of a message (F41; 10,000 characters are code points).
const (
	maxText        = 10_000
	maxAttachments = 10
	maxName        = 255
	maxPage        = 2_000
	maxComment     = 2_000
	shortened      = 200 // code points of the last line that lists show
)

// CheckPost judges what somebody wants to say: valid UTF-8 of 1 to 10,000 code points that are not all white space, or
// at least one attachment; at most 10 attachments.
//
// Errors: ErrTextEmpty, ErrTextTooLong, ErrTextInvalid, ErrTooManyAttachments, ErrAttachment.
func CheckPost(p *conv.Post) error {
	text, files := p.GetText(), p.GetAttachments()
	switch {
	case !utf8.ValidString(text):
		return ErrTextInvalid
	case len(text) > maxText && utf8.RuneCountInString(text) > maxText:
		return ErrTextTooLong
	case len(files) > maxAttachments:
		return ErrTooManyAttachments
	case len(files) == 0 && strings.TrimSpace(text) == "":
		return ErrTextEmpty
	}
	for _, a := range files {
		if len(a.GetHash()) != 32 || a.GetSize() <= 0 || !short(a.GetName(), maxName) || !short(a.GetType(), maxName) {
			return ErrAttachment
		}
	}
	return nil
}

// short reports whether s is valid text of at most n code points.
func short(s string, n int) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= n
}

// clip shortens text to n code points. The result does not keep the long text alive.
func clip(s string, n int) string {
	for i := range s {
		if n == 0 {
			return strings.Clone(s[:i])
		}
		n--
	}
	return s
}
