package users

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// Hashes are the users: name → PHC string.
type Hashes map[string]string

// ReadFile reads a users file: a user a line, "name:$argon2id$…", beside empty lines and those that begin with #.
func ReadFile(path string) (Hashes, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the users file cannot be read: %w", err)
	}
	defer f.Close()
	h, err := read(f)
	if err != nil {
		return nil, fmt.Errorf("the users file %s: %w", path, err)
	}
	return h, nil
}

// read names in its errors the line and never what it holds.
func read(r io.Reader) (Hashes, error) {
	h, number := Hashes{}, 0
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		number++
		if err := h.add(strings.TrimSpace(lines.Text())); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w", number+1, err)
	}
	if len(h) == 0 {
		return nil, errors.New("it names no user: add one by `careledger eventstore password --user NAME`")
	}
	return h, nil
}

func (h Hashes) add(line string) error {
	if line == "" || line[0] == '#' {
		return nil
	}
	name, phc, ok := strings.Cut(line, ":")
	if !ok {
		return errors.New("a user is written name:hash")
	}
	if err := checkName(name); err != nil {
		return err
	}
	if _, err := checkHash(phc); err != nil {
		return err
	}
	if _, twice := h[name]; twice {
		return errors.New("the user is named a second time")
	}
	h[name] = phc
	return nil
}
