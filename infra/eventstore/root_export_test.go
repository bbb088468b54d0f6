package eventstore

// RestAfter makes the tree be kept after fewer events.
func (r *Roots) RestAfter(events uint64) *Roots {
	r.every = events
	return r
}
