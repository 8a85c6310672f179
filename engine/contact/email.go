package contact

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const maxNameLength = 200

// NormaliseEmail trims and lower-cases an address as people type it, so that one address is one identity (F8). It judges
// the shape only: whether the address exists is shown by a mail that arrives.
//
// Errors: ErrEmailInvalid. An empty address stays empty.
func NormaliseEmail(s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", ErrEmailInvalid
	}
	s = strings.ToLower(strings.TrimSpace(s))
	if s == "" {
		return "", nil
	}
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" || len(local) > 64 || len(s) > 254 || strings.Contains(domain, "@") || strings.ContainsFunc(s, foreign) {
		return "", ErrEmailInvalid
	}
	labels := strings.Split(domain, ".")
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
			return "", ErrEmailInvalid
		}
	}
	if len(labels) < 2 || local[0] == '.' || local[len(local)-1] == '.' || strings.Contains(local, "..") {
		return "", ErrEmailInvalid
	}
	return s, nil
}

// foreign runes stand in no address that people type into a form; quoted local parts are not taken.
func foreign(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(`()<>[],;:\"`, r)
}

// cleanName trims a name. Errors: ErrNameInvalid.
func cleanName(s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", ErrNameInvalid
	}
	s = strings.TrimSpace(s)
	if utf8.RuneCountInString(s) > maxNameLength || strings.ContainsFunc(s, unicode.IsControl) {
		return "", ErrNameInvalid
	}
	return s, nil
}
