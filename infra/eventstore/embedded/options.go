package embedded

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/careledger/careledger/infra/eventstore/embedded/users"
)

// Options of a server. Dir and Listen are needed.
type Options struct {
	// Dir is the data directory, made if missing.
	Dir string
	// FS is where Dir lies; nil: the operating system's file system.
	FS vfs.FS
	// Listen is host:port; port 0 takes a free one. A host that is not loopback needs TLS and users.
	Listen string
	// TLSCert and TLSKey are PEM files: both or none.
	TLSCert, TLSKey string
	// Users may come in, with their passwords; they need TLS. Without any, credentials are ignored.
	Users users.Hashes
	// AdminPassword is the password of a further user, "admin".
	AdminPassword string
	// ScavengeEvery is the time from one scavenge to the next; 0: only when asked.
	ScavengeEvery time.Duration
	// Logger gets what an operator should know; nil: nothing is logged.
	Logger *slog.Logger
	// Registry gets the server's metrics; nil: none.
	Registry prometheus.Registerer
	// Now is the clock that stamps events and judges $maxAge; nil: time.Now.
	Now func() time.Time
	// ReserveBytes is the free disk space below which appends are refused; 0: store.DefaultReserve (512 MiB).
	ReserveBytes uint64
	// FreeSpace answers the free bytes of the disk that holds dir; nil: asks the operating system.
	FreeSpace func(dir string) (uint64, error)
	// Lean keeps smaller tables in memory (about 50 MB less at rest after a load), for a store that shares its process
	// with other work. They are written out more often.
	Lean bool
}

// Validate answers all that is wrong with o at once.
func (o *Options) Validate() error {
	var problems []error
	if o.Dir == "" {
		problems = append(problems, errors.New("the event store needs a data directory"))
	}
	if (o.TLSCert == "") != (o.TLSKey == "") {
		problems = append(problems, errors.New("give both a TLS certificate and its key, or neither"))
	}
	tls := o.TLSCert != ""
	closed := o.AdminPassword != "" || len(o.Users) > 0
	if closed && !tls {
		problems = append(problems, errors.New("users and passwords need TLS: give a certificate and its key"))
	}
	if _, twice := o.Users[adminUser]; twice && o.AdminPassword != "" {
		problems = append(problems, fmt.Errorf("the user %s has a password and is among the users too: give one of them", adminUser))
	}
	local, err := loopback(o.Listen)
	switch {
	case err != nil:
		problems = append(problems, err)
	case !local && (!tls || !closed):
		problems = append(problems, fmt.Errorf("listening on %s needs TLS, and an admin password or a users file; without them listen on 127.0.0.1", o.Listen))
	}
	return errors.Join(problems...)
}

// loopback reports whether only this machine can reach the address.
func loopback(listen string) (bool, error) {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false, fmt.Errorf("the listen address must be host:port: %w", err)
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback(), nil
}
