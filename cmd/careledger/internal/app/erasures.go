package app

import (
	"context"
	"fmt"

	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/person"
)

// erasePeople destroys the keys of everybody who was erased, from the first event of the log on at every start. The command
// has done so already, unless the process ended in between; a vault that came back from a backup has the keys again.
func (a *App) erasePeople(ctx context.Context) error {
	types := []string{person.Erased{}.EventType()}
	return a.engines.log.Watch(ctx, event.Position{}, types, func(ctx context.Context, events []event.Recorded, _ event.Position) error {
		for _, r := range events {
			e, _ := r.Event.(person.Erased)
			for _, subject := range e.Subjects {
				if err := a.vault.Erase(ctx, subject); err != nil {
					return fmt.Errorf("destroy the keys of %s: %w", r.Stream, err)
				}
			}
		}
		return nil
	})
}
