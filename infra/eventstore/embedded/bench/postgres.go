package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// postgresBin is where Debian's postgresql-15 has its programs.
const postgresBin = "/usr/lib/postgresql/15/bin"

// postgres is a cluster of its own in its default configuration (fsync and synchronous_commit are on), reached by a
// socket in its directory.
type postgres struct {
	socket  string
	process *exec.Cmd
}

func startPostgres(ctx context.Context, dir string) (*postgres, error) {
	if _, err := os.Stat(filepath.Join(postgresBin, "postgres")); err != nil {
		return nil, fmt.Errorf("PostgreSQL 15 is needed to compare with: apt-get install postgresql-15 (%w)", err)
	}
	identity, err := unprivileged()
	if err != nil {
		return nil, err
	}
	data := filepath.Join(dir, "data")
	if err := makeFor(identity, dir, data); err != nil {
		return nil, fmt.Errorf("make a directory for PostgreSQL: %w", err)
	}
	initdb := exec.CommandContext(ctx, filepath.Join(postgresBin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale")
	initdb.Dir, initdb.SysProcAttr = dir, identity
	if said, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, bytes.TrimSpace(said))
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	p := &postgres{socket: dir}
	p.process = exec.CommandContext(ctx, filepath.Join(postgresBin, "postgres"), "-D", data, "-k", dir, "-c", "listen_addresses=")
	p.process.Dir, p.process.SysProcAttr, p.process.Stdout, p.process.Stderr = dir, identity, log, log
	p.process.Cancel = func() error { return p.process.Process.Signal(os.Interrupt) } // a fast shutdown
	p.process.WaitDelay = patience
	if err := p.process.Start(); err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	if err := p.ready(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("PostgreSQL did not start, see %s: %w", log.Name(), err), p.stop())
	}
	return p, nil
}

// unprivileged is who runs PostgreSQL, which refuses root; nil: who runs this.
func unprivileged() (*syscall.SysProcAttr, error) {
	if os.Geteuid() != 0 {
		return nil, nil //nolint:nilnil // nothing is to be changed
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
			gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
			return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, errors.Join(uidErr, gidErr)
		}
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is no user postgres or nobody")
}

func makeFor(identity *syscall.SysProcAttr, dirs ...string) error {
	for _, dir := range dirs {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		if identity == nil {
			continue
		}
		if err := os.Chown(dir, int(identity.Credential.Uid), int(identity.Credential.Gid)); err != nil {
			return err
		}
	}
	return nil
}

func (p *postgres) pid() int { return p.process.Process.Pid }

func (p *postgres) ready(ctx context.Context) error {
	deadline := time.Now().Add(patience)
	for {
		c, err := p.connect(ctx)
		if err == nil {
			return c.Close(ctx)
		}
		if time.Now().After(deadline) || ctx.Err() != nil {
			return err
		}
		time.Sleep(20 * time.Millisecond) // between two questions to another process
	}
}

func (p *postgres) connect(ctx context.Context) (*pgx.Conn, error) {
	return pgx.Connect(ctx, fmt.Sprintf("host=%s user=postgres dbname=postgres", p.socket))
}

// run runs statements one after the other.
func (p *postgres) run(ctx context.Context, statements ...string) error {
	c, err := p.connect(ctx)
	if err != nil {
		return err
	}
	defer c.Close(ctx) //nolint:errcheck // all that was asked for is done
	for _, s := range statements {
		if _, err := c.PgConn().Exec(ctx, s).ReadAll(); err != nil {
			return err
		}
	}
	return nil
}

func (p *postgres) stop() error {
	err := p.process.Process.Signal(os.Interrupt)
	_ = p.process.Wait() // its exit code does not matter here
	return err
}
