package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/careledger/careledger/domain/access"
	"github.com/careledger/careledger/domain/admission"
	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/enrolment"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/infra/control"
	"github.com/careledger/careledger/infra/eventstore"
	"github.com/careledger/careledger/infra/identity"
	"github.com/careledger/careledger/infra/telemetry"
	"github.com/careledger/careledger/infra/vault"
)

// App is one running process.
type App struct {
	options Options
	plan    *plan.Plan
	areas   *area.Table

	engines  engines
	vault    *vault.Vault
	identity *identity.Identity
	admin    access.Principal
	handler  *command.Handler
	admit    *admission.Process
	enrol    *enrolment.Process
	own      *prefecture
	roots    *eventstore.Roots
	hub      *hub
	draining chan struct{} // closed when Stop begins
	heads    sync.Map      // prefecture → *head
	due      due
	metrics  *metrics

	locked    *os.File
	control   *control.Server
	traces    *telemetry.Traces // nil: traces are not sent
	spans     *spans
	listener  net.Listener
	server    *http.Server
	tokenFile string
	signIn    string

	cancel context.CancelFunc
	work   sync.WaitGroup
	failed chan error

	instance    string // this data directory's name among the processes that share a log
	prefectures *prefectures
	projecting  atomic.Int32 // prefectures, by this process
}

// New checks the options and reads the plan and the areas.
func New(o Options) (*App, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	a := &App{options: o, hub: newHub(), draining: make(chan struct{}), failed: make(chan error, 1)}
	var err error
	if a.plan, err = readPlan(o.Plan, o.Areas); err != nil {
		return nil, err
	}
	if a.areas, err = readAreas(o.Areas); err != nil {
		return nil, err
	}
	if root := a.areas.Root().Code; root[:4] != a.plan.Prefecture {
		return nil, fmt.Errorf("the plan is for %s and the areas are of %s: bring both of one prefecture / 规划与区划不属于同一州市", a.plan.Prefecture, root)
	}
	return a, nil
}

func readAreas(path string) (*area.Table, error) {
	if path == "" {
		return area.Wenshan()
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("--areas: %w", err)
	}
	defer f.Close()
	return area.Load(f)
}

// Start opens the engines, the door and the roles' work. When it returns without an error the process is serving; the
// projection may still be catching up.
func (a *App) Start(ctx context.Context) error {
	if err := a.options.prepare(); err != nil {
		return err
	}
	var err error
	if a.locked, err = a.options.lock(); err != nil {
		return err
	}
	if err := version(a.options.Dir); err != nil {
		return errors.Join(err, a.locked.Close())
	}
	if a.instance, err = a.options.instance(); err != nil {
		return errors.Join(err, a.locked.Close())
	}
	if a.options.has(API) { // the address first: a taken port is told before anything is opened
		var listen net.ListenConfig
		if a.listener, err = listen.Listen(ctx, "tcp", a.options.Listen); err != nil {
			return errors.Join(err, a.locked.Close())
		}
	}
	if err := a.open(ctx); err != nil {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		return errors.Join(err, a.Stop(closing))
	}
	if a.control, err = control.Serve(a.options.Dir, a.controls(), a.options.Logger.With("part", "control")); err != nil {
		return errors.Join(err, a.Stop(ctx))
	}
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	a.cancel = cancel
	a.prefectures = newPrefectures(running, a)
	a.startWork(running)
	if a.server != nil {
		a.work.Go(func() {
			if err := a.server.Serve(a.listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
				a.fail(fmt.Errorf("serve: %w", err))
			}
		})
	}
	return nil
}

func (a *App) open(ctx context.Context) error {
	o := a.options
	var err error
	if a.metrics, err = newMetrics(a); err != nil {
		return fmt.Errorf("register the metrics of the work: %w", err)
	}
	if err = errors.Join(a.openTraces(ctx), a.engines.open(ctx, o)); err != nil {
		return err
	}
	a.handler = command.NewHandler(a.spans.ledger(a.engines.log), a.engines.log.Ledger())
	a.admit, a.enrol = admission.New(a.handler, o.Now), enrolment.New(a.handler, o.Now)
	a.own, a.roots = a.newPrefecture(a.plan, a.areas), a.engines.log.Roots(a.plan.Prefecture)
	if !o.has(API) {
		return nil
	}
	if err := errors.Join(a.own.sets.load(ctx), a.own.targets.load(ctx), a.openVault(ctx)); err != nil {
		return err
	}
	return a.openDoor()
}

func (a *App) openVault(ctx context.Context) error {
	o := a.options
	var err error
	if a.vault, err = vault.Open(ctx, vault.Options{Dir: o.below(vaultDir), Logger: o.Logger.With("part", "vault")}); err != nil {
		return err
	}
	a.identity = identity.New(a.vault.Bucket("identity"), o.Now)
	var token string
	if a.admin, token, err = a.identity.EnsureAdministrator(o.AdminToken); err != nil {
		return fmt.Errorf("make the administrator: %w", err)
	}
	a.tokenFile = identity.TokenFile(o.Dir)
	if token == "" && o.AdminToken == "" {
		if _, err := identity.ReadTokenFile(o.Dir); err == nil {
			return nil
		}
		if token, err = a.identity.IssueToken(a.admin, 0); err != nil { // the file was lost
			return fmt.Errorf("make a token: %w", err)
		}
	}
	if token == "" {
		token = o.AdminToken
	}
	return identity.WriteTokenFile(o.Dir, token)
}

// patience is how long the door waits for requests that have begun.
const patience = 6 * time.Second

// Stop drains: the door first, then the work, then the engines.
func (a *App) Stop(ctx context.Context) error {
	var all []error
	close(a.draining)
	a.hub.close()
	if a.server != nil {
		door, cancel := context.WithTimeout(ctx, patience)
		if err := a.server.Shutdown(door); err != nil { // who still sends then is cut off: nothing of theirs was accepted
			all = append(all, a.server.Close())
		}
		cancel()
	}
	if a.control != nil {
		all = append(all, a.control.Close(ctx))
	}
	if a.cancel != nil {
		a.cancel()
	}
	a.work.Wait()
	if a.listener != nil {
		if err := a.listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			all = append(all, err)
		}
	}
	if a.traces != nil {
		a.traces.Close(ctx)
	}
	all = append(all, a.engines.close(ctx))
	if a.vault != nil {
		all = append(all, a.vault.Close())
	}
	if a.locked != nil {
		all = append(all, a.locked.Close())
	}
	return errors.Join(all...)
}

// Failed tells when the process can no longer do its work and must end.
func (a *App) Failed() <-chan error { return a.failed }

func (a *App) fail(err error) {
	select {
	case a.failed <- err:
	default:
	}
}

// URL is where the page is, seen from this machine.
func (a *App) URL() string {
	if a.listener == nil {
		return ""
	}
	host, port, err := net.SplitHostPort(a.listener.Addr().String())
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() { // every address: this machine's own is one that can be opened
		return "http://" + net.JoinHostPort("127.0.0.1", port)
	}
	return "http://" + a.listener.Addr().String()
}

// SignInLink is a link that makes one browser the administrator, once.
func (a *App) SignInLink() string { return a.signIn }

// TokenFile is where the command line finds its token.
func (a *App) TokenFile() string { return a.tokenFile }
