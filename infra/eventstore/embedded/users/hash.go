package users

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/alexedwards/argon2id"
)

// cost is what a new hash takes: 19 MiB and two passes, as OWASP's password storage sheet has it.
var cost = argon2id.Params{Memory: 19 << 10, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// What a hash made elsewhere may take.
const (
	maxMemory   = 256 << 10 // KiB
	maxPasses   = 64
	leastSalt   = 8
	leastKey    = 16
	maxName     = 256
	maxPassword = 1024
)

// Hash answers the PHC string of a password: $argon2id$v=19$m=…,t=…,p=…$salt$hash.
func Hash(password string) (string, error) {
	if password == "" {
		return "", errors.New("the password is empty: choose one")
	}
	if len(password) > maxPassword {
		return "", fmt.Errorf("the password is longer than %d bytes: choose a shorter one", maxPassword)
	}
	phc, err := argon2id.CreateHash(password, &cost)
	if err != nil {
		return "", fmt.Errorf("hash the password: %w", err)
	}
	return phc, nil
}

// Line answers the line of a users file for a user.
func Line(name, password string) (string, error) {
	if err := checkName(name); err != nil {
		return "", err
	}
	phc, err := Hash(password)
	return name + ":" + phc, err
}

func checkName(name string) error {
	switch {
	case name == "":
		return errors.New("a user needs a name")
	case len(name) > maxName:
		return fmt.Errorf("a user's name has at most %d bytes", maxName)
	case strings.HasPrefix(name, "#"), strings.Contains(name, ":"):
		return errors.New("a user's name begins with no # and holds no colon")
	case strings.ContainsFunc(name, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }):
		return errors.New("a user's name holds no spaces")
	}
	return nil
}

// checkHash answers what a hash takes to check. An error says what is wrong with it, and never what it holds.
func checkHash(phc string) (*argon2id.Params, error) {
	p, _, _, err := argon2id.DecodeHash(phc)
	switch {
	case errors.Is(err, argon2id.ErrIncompatibleVariant), errors.Is(err, argon2id.ErrIncompatibleVersion):
		return nil, errors.New("the hash is not one of argon2id, version 19")
	case err != nil:
		return nil, errors.New("the hash is not of the form $argon2id$v=19$m=…,t=…,p=…$salt$hash")
	case p.Iterations < 1 || p.Parallelism < 1 || p.Memory < 8*uint32(p.Parallelism):
		return nil, errors.New("the hash was made with less memory, passes or lanes than argon2id has")
	case p.Memory > maxMemory || p.Iterations > maxPasses:
		return nil, fmt.Errorf("the hash takes more than %d MiB or %d passes to check", maxMemory>>10, maxPasses)
	case p.SaltLength < leastSalt || p.KeyLength < leastKey:
		return nil, fmt.Errorf("the hash has a salt below %d bytes, or is itself below %d", leastSalt, leastKey)
	}
	return p, nil
}
