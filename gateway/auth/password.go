package auth

import (
	"context"
	"encoding/base64"
	"fmt"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"parley/engine/id"
	"parley/gateway/protocol"
)

// argon2id as OWASP's floor has it: 19 MiB, two passes, one lane.
const (
	memory  = 19 * 1024 // KiB
	passes  = 2
	lanes   = 1
	hashLen = 32
	saltLen = 16
)

// Bounds of a password, in characters; there are no rules about which.
const (
	shortest = 12
	longest  = 128
)

const busyFor = time.Second

// Password hashes a password for its command. The salt comes from the command's key, so that a repeat of the command has
// the same body; salts need to differ, not to be secret. It implements command.Env.Password.
// Errors: invalid, busy.
func (a *Auth) Password(ctx context.Context, key id.ID, password string) (string, *protocol.Error) {
	if n := utf8.RuneCountInString(password); n < shortest || n > longest {
		return "", protocol.NewError(protocol.Invalid).With("field", "password").Say("A password has %d to %d characters.", shortest, longest)
	}
	if err := a.enter(ctx); err != nil {
		return "", err
	}
	defer a.leave()
	salt := a.Backend.Derive("password salt", key[:])
	return encode(password, salt[:]), nil
}

// encode hashes a password into the usual form, which names its parameters.
func encode(password string, salt []byte) string {
	h := argon2.IDKey([]byte(password), salt, passes, memory, lanes, hashLen)
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memory, passes, lanes, b.EncodeToString(salt), b.EncodeToString(h))
}
