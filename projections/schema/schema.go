package schema

// Migration is one numbered step from an empty database to today's. Once released it is never changed: what comes later
// is a migration of its own, under the next number.
type Migration struct {
	Number uint32 // 1, 2, 3, …
	About  string // one word or two
	Steps  []Step
}

// Step is a part of a migration: a Table, a Copy, a Recopy or a Column. Each can be taken any number of times.
type Step interface{ step() }

// Table is a new table. Of rows with equal Order columns one is kept: that with the highest Version, where one is named.
type Table struct {
	Name    string
	Columns string // as in CREATE TABLE; the first is prefecture, unless the table is Everywhere
	Order   string // the columns of the sort key, which begin with prefecture
	Version string // a column
	// Everywhere: the rows are of no prefecture. On a cluster every server holds all of them.
	Everywhere bool
	// Singly: rows are mostly read one here, one there, and so lie in smaller pieces.
	Singly bool
}

// Copy writes what is inserted into one table into another of the same columns as well, where a condition holds; of the
// rows of an insert with equal Each columns, where there are any, only the one with the highest number.
type Copy struct{ Name, From, To, Where, Each string }

// Recopy changes a copy that is there already.
type Recopy struct{ Copy }

// Column is a new column of a table that is there already.
type Column struct{ Table, Name, Type string }

func (Table) step()  {}
func (Copy) step()   {}
func (Recopy) step() {}
func (Column) step() {}

// Tables lists the names of the tables among steps.
func Tables(steps []Step) []string {
	var names []string
	for _, s := range steps {
		if t, ok := s.(Table); ok {
			names = append(names, t.Name)
		}
	}
	return names
}
