package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"
)

// plainTable is events in one table, as a team that knows PostgreSQL would keep them: one INSERT is one durable append.
type plainTable struct{ *postgres }

const createPlain = `CREATE TABLE events (
	position bigserial PRIMARY KEY,
	stream text NOT NULL,
	version bigint NOT NULL,
	id uuid NOT NULL,
	type text NOT NULL,
	data bytea NOT NULL,
	metadata bytea NOT NULL,
	created timestamptz NOT NULL DEFAULT now(),
	UNIQUE (stream, version))`

const insertPlain = `INSERT INTO events (stream, version, id, type, data, metadata) VALUES ($1, $2, $3, $4, $5, $6)`

func (p plainTable) writer(ctx context.Context) (writer, error) {
	c, err := p.connect(ctx)
	return plainWriter{c}, err
}

type plainWriter struct{ *pgx.Conn }

func (w plainWriter) Close() error { return w.Conn.Close(context.Background()) }

func (w plainWriter) append(ctx context.Context, stream string, expected int64, events ...event) error {
	for i, e := range events { // one in all rounds with PostgreSQL
		if _, err := w.Exec(ctx, insertPlain, stream, expected+1+int64(i), [16]byte(e.id), eventType, e.data, e.metadata); err != nil {
			return err
		}
	}
	return nil
}

// messageDB is message-db 1.3.1, an event store in PostgreSQL. It locks a category while it writes to one of its
// streams, and the streams of elders are one category.
type messageDB struct{ *postgres }

// messageDBFiles are message-db's, in the order of its install.sh.
var messageDBFiles = []string{
	"roles/message-store.sql", "schema/message-store.sql", "extensions/pgcrypto.sql", "tables/messages.sql", "types/message.sql",
	"functions/message-store-version.sql", "functions/hash-64.sql", "functions/acquire-lock.sql", "functions/category.sql",
	"functions/is-category.sql", "functions/id.sql", "functions/cardinal-id.sql", "functions/stream-version.sql",
	"functions/write-message.sql", "functions/get-stream-messages.sql", "functions/get-category-messages.sql",
	"functions/get-last-stream-message.sql", "indexes/messages-id.sql", "indexes/messages-stream.sql", "indexes/messages-category.sql",
}

func (p *postgres) installMessageDB(ctx context.Context, dir string) error {
	// install.sh's psql finds the schema in the search path of the database, too.
	statements := []string{"SET client_min_messages = warning; SET search_path = message_store, public"}
	for _, name := range messageDBFiles {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return fmt.Errorf("message-db is needed to compare with: run `make bench-store`, or npm ci in its folder: %w", err)
		}
		statements = append(statements, string(b))
	}
	return p.run(ctx, statements...)
}

const writeMessage = `SELECT message_store.write_message($1, $2, $3, $4, $5, $6)`

func (p messageDB) writer(ctx context.Context) (writer, error) {
	c, err := p.connect(ctx)
	if err != nil {
		return nil, err
	}
	_, err = c.Exec(ctx, "SET search_path = message_store, public")
	return messageWriter{c}, err
}

type messageWriter struct{ *pgx.Conn }

func (w messageWriter) Close() error { return w.Conn.Close(context.Background()) }

func (w messageWriter) append(ctx context.Context, stream string, expected int64, events ...event) error {
	for i, e := range events {
		_, err := w.Exec(ctx, writeMessage, e.id.String(), stream, eventType, e.data, e.metadata, expected+int64(i))
		if err != nil {
			return err
		}
	}
	return nil
}
