package facts

// Total is how many rows a table holds of a prefecture, and the sum of their ledger numbers (which wraps around): enough
// to notice rows that were lost.
type Total struct{ Rows, Numbers uint64 }

// Totals are the totals of the tables of facts, by name, without the rows of events that are or were parked: those are
// written again at other times.
type Totals map[string]Total

// Add counts rows in. Rows that are written twice are one row, and must be added once.
func (t Totals) Add(rows []Row) {
	parked := map[uint64]bool{}
	for _, r := range rows {
		if r.Table() == (Parked{}).Table() {
			parked[r.LedgerNumber()] = true
		}
	}
	for _, r := range rows {
		if n := r.LedgerNumber(); !parked[n] {
			was := t[r.Table()]
			t[r.Table()] = Total{Rows: was.Rows + 1, Numbers: was.Numbers + n}
		}
	}
}

// Counted lists the tables that are counted.
func Counted() []string {
	var counted []string
	for _, table := range Tables() {
		if table != (Parked{}).Table() {
			counted = append(counted, table)
		}
	}
	return counted
}
