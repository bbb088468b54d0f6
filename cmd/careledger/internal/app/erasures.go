package app

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/person"
)

// erased notes in the log how far the keys of everybody who was erased are destroyed. The vault holds the same mark, and so
// a vault or a log that came back from a backup is told from the one that the note is of.
type erased struct {
	At   event.Position `json:"position"`
	Mark uuid.UUID      `json:"mark"`
}

// erasePeople destroys the keys of everybody who was erased. The command has done so already, unless the process ended in
// between; a vault that came back from a backup has the keys again.
func (a *App) erasePeople(ctx context.Context) error {
	const mark = "mark"
	note, kept := a.engines.log.Note("erasures"), a.vault.Bucket("erasures")
	var from erased
	if _, err := note.Read(ctx, &from); err != nil {
		return err
	}
	if held, _, err := kept.Get(mark); err != nil {
		return err
	} else if from.Mark.String() != string(held) {
		from = erased{}
	}
	types := []string{person.Erased{}.EventType()}
	return a.engines.log.Watch(ctx, from.At, types, func(ctx context.Context, events []event.Recorded, at event.Position) error {
		for _, r := range events {
			e, _ := r.Event.(person.Erased)
			for _, subject := range e.Subjects {
				if err := a.vault.Erase(ctx, subject); err != nil {
					return fmt.Errorf("destroy the keys of %s: %w", r.Stream, err)
				}
			}
		}
		now := erased{At: at, Mark: uuid.New()}
		if err := kept.Put(mark, []byte(now.Mark.String())); err != nil {
			return err
		}
		return note.Write(ctx, now)
	})
}
