package warehouse

import (
	"context"
	"errors"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// onCluster adds, to the settings of the URL, those that make a cluster answer as one server does; the URL's own win.
func onCluster(settings clickhouse.Settings) clickhouse.Settings {
	all := clickhouse.Settings{
		// An insert is answered when most replicas have it, and a question only by one that has every such insert.
		"insert_quorum":                 "auto",
		"insert_quorum_parallel":        0, // else questions cannot be held to it
		"insert_quorum_timeout":         (queryTimeout - probeTimeout).Milliseconds(),
		"select_sequential_consistency": 1,
		"distributed_foreground_insert": 1,
		// Questions go to the prefecture's shard alone, and what they join is joined there.
		"optimize_skip_unused_shards": 1,
		"distributed_product_mode":    "local",
		"skip_unavailable_shards":     0,
		// Changes of tables, and deletions, are answered when every server has made them.
		"distributed_ddl_task_timeout": int((queryTimeout - probeTimeout).Seconds()),
		"distributed_ddl_output_mode":  "none", // fails as usual; without rows, after which HTTP has no status left to fail with
		"alter_sync":                   2,
		"lightweight_deletes_sync":     2,
	}
	for name, value := range settings {
		all[name] = value
	}
	return all
}

// What a cluster refuses for a moment only.
const (
	quorumBusy      = 286 // another insert into the same table waits for its quorum
	replicaCatching = 289 // the replica that was asked still fetches what others have
)

// again runs do until it is not refused for a moment only, or ctx ends.
func again(ctx context.Context, do func() error) error {
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, 500*time.Millisecond) {
		err := do()
		var e *clickhouse.Exception
		if !errors.As(err, &e) || e.Code != quorumBusy && e.Code != replicaCatching {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}
