package identity

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/access"
)

// ErrUnknown is answered for a token, session or code that is not valid, or no more.
var ErrUnknown = errors.New("the token, session or code is not valid")

// Store is where principals and the hashes of tokens live. Take removes and answers, for one of several callers only.
type Store interface {
	Get(key string) (value []byte, found bool, err error)
	Put(key string, value []byte) error
	Take(key string) (value []byte, found bool, err error)
}

const (
	tokenPrefix = "cl_"
	sessionIdle = 12 * time.Hour
	sessionStep = 5 * time.Minute // how stale a session's last use may be on disk
	adminKey    = "administrator"
)

// Identity authenticates.
type Identity struct {
	store Store
	now   func() time.Time

	mu    sync.RWMutex
	known map[[32]byte]grant
}

// grant is what a token gives. ExpiresAt zero: for good. Session: it lives on with its use.
type grant struct {
	Principal access.Principal `json:"principal"`
	ExpiresAt time.Time        `json:"expires_at,omitzero"`
	Session   bool             `json:"session,omitempty"`
}

// New serves from a store.
func New(store Store, now func() time.Time) *Identity {
	return &Identity{store: store, now: now, known: map[[32]byte]grant{}}
}

// EnsureAdministrator makes the first administrator. A preset token is made valid; without one, a first start answers a
// new token, later starts none.
func (i *Identity) EnsureAdministrator(preset string) (p access.Principal, token string, err error) {
	record, found, err := i.store.Get(adminKey)
	if err != nil {
		return p, "", err
	}
	if found {
		if err := json.Unmarshal(record, &p); err != nil {
			return p, "", fmt.Errorf("read the administrator: %w", err)
		}
		if preset != "" {
			return p, "", i.grant(preset, grant{Principal: p})
		}
		return p, "", nil
	}
	p = access.Principal{ID: uuid.New(), Role: access.Administrator}
	if token = preset; token == "" {
		if token, err = secret(); err != nil {
			return p, "", err
		}
	}
	if err := i.grant(token, grant{Principal: p}); err != nil {
		return p, "", err
	}
	if record, err = json.Marshal(p); err != nil {
		return p, "", fmt.Errorf("write the administrator: %w", err)
	}
	return p, token, i.store.Put(adminKey, record)
}

// IssueToken makes a token for a principal; ttl 0: for good.
func (i *Identity) IssueToken(p access.Principal, ttl time.Duration) (string, error) {
	token, err := secret()
	if err != nil {
		return "", err
	}
	g := grant{Principal: p}
	if ttl > 0 {
		g.ExpiresAt = i.now().Add(ttl)
	}
	return token, i.grant(token, g)
}

// NewSignInCode makes a code that signs a browser in, once.
func (i *Identity) NewSignInCode(p access.Principal, ttl time.Duration) (string, error) {
	code, err := secret()
	if err != nil {
		return "", err
	}
	record, err := json.Marshal(grant{Principal: p, ExpiresAt: i.now().Add(ttl)})
	if err != nil {
		return "", fmt.Errorf("write a sign-in code: %w", err)
	}
	return code, i.store.Put("code/"+name(code), record)
}

// Redeem turns a code into a session, exactly once.
func (i *Identity) Redeem(code string) (session string, p access.Principal, err error) {
	record, found, err := i.store.Take("code/" + name(code))
	if err != nil {
		return "", p, err
	}
	var g grant
	if !found || json.Unmarshal(record, &g) != nil || i.now().After(g.ExpiresAt) {
		return "", p, ErrUnknown
	}
	if session, err = secret(); err != nil {
		return "", p, err
	}
	return session, g.Principal, i.grant(session, grant{Principal: g.Principal, ExpiresAt: i.now().Add(sessionIdle), Session: true})
}

// Authenticate answers who bears a token or session. ErrUnknown where nobody does.
func (i *Identity) Authenticate(token string) (access.Principal, error) {
	if len(token) < 8 || len(token) > 256 {
		return access.Principal{}, ErrUnknown
	}
	hash := sha256.Sum256([]byte(token))
	i.mu.RLock()
	g, cached := i.known[hash]
	i.mu.RUnlock()
	if !cached {
		record, found, err := i.store.Get("token/" + hex.EncodeToString(hash[:]))
		if err != nil {
			return access.Principal{}, err
		}
		if !found || json.Unmarshal(record, &g) != nil {
			return access.Principal{}, ErrUnknown
		}
		i.remember(hash, g)
	}
	now := i.now()
	if !g.ExpiresAt.IsZero() && now.After(g.ExpiresAt) {
		return access.Principal{}, errors.Join(ErrUnknown, i.Revoke(token))
	}
	if g.Session && g.ExpiresAt.Sub(now) < sessionIdle-sessionStep {
		g.ExpiresAt = now.Add(sessionIdle)
		return g.Principal, i.grant(token, g)
	}
	return g.Principal, nil
}

// Revoke ends a token or session, at once.
func (i *Identity) Revoke(token string) error {
	hash := sha256.Sum256([]byte(token))
	i.mu.Lock()
	delete(i.known, hash)
	i.mu.Unlock()
	_, _, err := i.store.Take("token/" + hex.EncodeToString(hash[:]))
	return err
}

func (i *Identity) grant(token string, g grant) error {
	record, err := json.Marshal(g)
	if err != nil {
		return fmt.Errorf("write a token: %w", err)
	}
	hash := sha256.Sum256([]byte(token))
	if err := i.store.Put("token/"+hex.EncodeToString(hash[:]), record); err != nil {
		return err
	}
	i.remember(hash, g)
	return nil
}

const mostRemembered = 10_000

func (i *Identity) remember(hash [32]byte, g grant) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if len(i.known) >= mostRemembered {
		clear(i.known)
	}
	i.known[hash] = g
}

func name(code string) string {
	hash := sha256.Sum256([]byte(code))
	return hex.EncodeToString(hash[:])
}

func secret() (string, error) {
	b := make([]byte, 32)
	if _, err := rand.Read(b); err != nil {
		return "", fmt.Errorf("make a token: %w", err)
	}
	return tokenPrefix + base64.RawURLEncoding.EncodeToString(b), nil
}

// TokenFile is where the command line of the same machine finds its token.
func TokenFile(dir string) string { return filepath.Join(dir, "cli-token") }

// WriteTokenFile writes it, readable by its owner only.
func WriteTokenFile(dir, token string) error {
	f, err := os.CreateTemp(dir, ".token-*")
	if err != nil {
		return fmt.Errorf("write the token file: %w", err)
	}
	_, err = f.WriteString(token + "\n")
	err = errors.Join(err, f.Chmod(0o600), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), TokenFile(dir))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write the token file: %w", err), os.Remove(f.Name()))
	}
	return nil
}

// ReadTokenFile reads it.
func ReadTokenFile(dir string) (string, error) {
	b, err := os.ReadFile(TokenFile(dir))
	return strings.TrimSpace(string(b)), err
}
