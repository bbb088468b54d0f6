package app

import (
	"context"
	"fmt"
	"net/http"
	"syscall"
	"time"

	"github.com/careledger/careledger/infra/bus"
	"github.com/careledger/careledger/infra/eventstore"
	"github.com/careledger/careledger/infra/eventstore/embedded/store"
	"github.com/careledger/careledger/infra/httpapi"
	"github.com/careledger/careledger/infra/identity"
	"github.com/careledger/careledger/infra/report"
	"github.com/careledger/careledger/infra/vault"
	"github.com/careledger/careledger/infra/web"
	"github.com/careledger/careledger/projections/facts"
)

const signInFor = 24 * time.Hour

func (a *App) openDoor() error {
	o := a.options
	published, err := bus.Describe(a.engines.codec, announced()...)
	if err != nil {
		return err
	}
	if err := o.Registry.Register(a.parkedGauge()); err != nil {
		return fmt.Errorf("register the metric of parked events: %w", err)
	}
	publisher, err := a.publisher()
	if err != nil {
		return err
	}
	options := httpapi.Options{
		Handler: a.handler, Admission: a.admit, Enrolment: a.enrol, History: a.engines.log, Areas: a.areas, Plan: a.plan, Sealer: a.vault, Erased: vault.ErrErased,
		Identity: a.identity, Unknown: identity.ErrUnknown, Draining: a.draining, Cells: served{a.own}, Lineage: served{a.own}, Registers: served{a.own}, Freshness: served{a.own},
		Parked: parkedEvents{a.own}, Projection: rebuilding{a.own}, Publications: publisher, Reports: report.Printer{}, Facts: facts.Version, Live: a.hub, Status: a.status,
		Head: func() uint64 { return a.newest(a.plan.Prefecture) }, Due: a.due.number.Load, Ready: a.ready, Page: web.Handler(), AsyncAPI: published,
		Registry: o.Registry, Logger: o.Logger.With("part", "http"), Now: o.Now,
	}
	if a.spans != nil {
		options.Tracer = a.spans.tracer
	}
	door, err := httpapi.New(options)
	if err != nil {
		return fmt.Errorf("make the API: %w", err)
	}
	a.server = &http.Server{
		Handler: a.spans.bounded(door), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 60 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
	}
	a.signIn, err = a.newSignInLink()
	return err
}

// newSignInLink makes a link that makes one browser the administrator, once.
func (a *App) newSignInLink() (string, error) {
	code, err := a.identity.NewSignInCode(a.admin, signInFor)
	if err != nil {
		return "", fmt.Errorf("make the sign-in link: %w", err)
	}
	return a.URL() + "/sign-in?code=" + code, nil
}

// ready: commands can be taken. The warehouse may still be coming: questions say so themselves. Nor does a part of the log
// that is damaged close the door: what is done today must be recorded, and the status says what wants mending.
func (a *App) ready(ctx context.Context) error {
	if a.engines.storeServer != nil {
		if err := enough(a.options.below(eventsDir)); err != nil {
			return err
		}
	}
	return a.engines.log.Healthy(ctx)
}

// enough refuses where the embedded log's disk is so full that it takes no appends.
func enough(dir string) error {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err == nil && s.Bavail*uint64(s.Bsize) < store.DefaultReserve {
		return eventstore.ErrFull
	}
	return nil
}

// logIs says of a log that can be reached whether it is whole, as far as it was read.
func logIs(state string, damaged bool) string {
	if state == "ok" && damaged {
		return "damaged"
	}
	return state
}

func (a *App) status(ctx context.Context) httpapi.Status {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	say := func(err error) string {
		if err != nil {
			return "unavailable"
		}
		return "ok"
	}
	s := httpapi.Status{
		Ledger: a.engines.log.Ledger().String(), Epoch: a.engines.log.Epoch(), Head: a.head(wholeLedger).Load(),
		Log: logIs(say(a.engines.log.Healthy(ctx)), a.engines.log.Damaged()), Bus: say(a.engines.bus.Healthy(ctx)),
	}
	for _, work := range a.prefectures.list() {
		p, err := work.standing(ctx)
		if work == a.own {
			s.Warehouse = say(err)
		}
		s.Head = max(s.Head, p.Head)
		s.Prefectures = append(s.Prefectures, p)
	}
	return s
}
