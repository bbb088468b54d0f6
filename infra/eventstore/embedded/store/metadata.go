package store

import (
	"encoding/json"
	"math"
	"time"

	"github.com/google/uuid"
)

const (
	// MetadataType is the type of the events of metadata streams ($$name).
	MetadataType = "$metadata"
	// TombstoneType is the type of the event that ends a stream for ever.
	TombstoneType = "$streamDeleted"
	// LinkType is the type of an event whose data names another: "revision@stream".
	LinkType = "$>"

	deletedBefore = math.MaxInt64 // $tb of a soft-deleted stream
)

// metadata is what a stream's metadata hides of it. Zero hides nothing.
type metadata struct {
	maxCount int64
	maxAge   time.Duration
	before   int64 // $tb: revisions below it are hidden
}

func (m metadata) softDeleted() bool { return m.before == deletedBefore }

// parseMetadata reads metadata as EventStoreDB does: what is not valid as a whole counts as none.
func parseMetadata(raw []byte) metadata {
	var props struct {
		MaxCount *int64 `json:"$maxCount"`
		MaxAge   *int64 `json:"$maxAge"` // seconds
		Before   *int64 `json:"$tb"`
	}
	if json.Unmarshal(raw, &props) != nil {
		return metadata{}
	}
	var m metadata
	if p := props.MaxCount; p != nil {
		m.maxCount = *p
	}
	if p := props.MaxAge; p != nil {
		m.maxAge = time.Duration(min(*p, math.MaxInt64/int64(time.Second))) * time.Second
	}
	if p := props.Before; p != nil {
		m.before = *p
	}
	invalid := props.MaxCount != nil && m.maxCount <= 0 || props.MaxAge != nil && m.maxAge <= 0 || m.before < 0
	if invalid {
		return metadata{}
	}
	return m
}

// withBefore answers raw with its $tb set, all else kept.
func withBefore(raw []byte, before int64) ([]byte, error) {
	props := map[string]json.RawMessage{}
	if json.Unmarshal(raw, &props) != nil {
		props = map[string]json.RawMessage{}
	}
	value, err := json.Marshal(before)
	if err != nil {
		return nil, err
	}
	props["$tb"] = value
	return json.Marshal(props)
}

func metadataEvent(raw []byte) Proposed {
	return Proposed{ID: uuid.New(), Type: MetadataType, JSON: true, Data: raw}
}

func softDelete() (Proposed, error) {
	raw, err := withBefore(nil, deletedBefore)
	return metadataEvent(raw), err
}
