package area

import "slices"

// Text is the table as it was read.
func (t *Table) Text() string { return t.text }

// All lists every area, parents before their children.
func (t *Table) All() []Area { return slices.Clone(t.areas) }

// Root is the prefecture.
func (t *Table) Root() Area { return t.children[""][0] }

// Find answers the area of a normalised code.
func (t *Table) Find(code string) (Area, bool) {
	a, ok := t.byCode[code]
	return a, ok
}

// Children lists the areas one level below, in the table's order.
func (t *Table) Children(code string) []Area { return slices.Clone(t.children[code]) }

// Ancestors lists the areas above, nearest first.
func (t *Table) Ancestors(code string) []Area {
	var above []Area
	for a, ok := t.byCode[t.base(code)]; ok; {
		if a.Code != code {
			above = append(above, a)
		}
		a, ok = t.byCode[a.Parent]
	}
	return above
}

// Within lists an area and everything below it.
func (t *Table) Within(code string) []Area {
	a, ok := t.byCode[code]
	if !ok {
		return nil
	}
	all := []Area{a}
	for _, below := range t.children[code] {
		all = append(all, t.Within(below.Code)...)
	}
	return all
}

// Parent answers the area one level up; ok is false for the prefecture and for an unknown code.
func (t *Table) Parent(code string) (parent Area, ok bool) {
	if above := t.Ancestors(code); len(above) > 0 {
		return above[0], true
	}
	return Area{}, false
}

// County answers the county that a code of any level below the prefecture lies in.
func (t *Table) County(code string) (Area, bool) { return t.upTo(County, code) }

// Township answers the township that a code of a township or community lies in.
func (t *Table) Township(code string) (Area, bool) { return t.upTo(Township, code) }

func (t *Table) upTo(level Level, code string) (Area, bool) {
	for a, ok := t.byCode[t.base(code)]; ok; a, ok = t.byCode[a.Parent] {
		if a.Level == level {
			return a, true
		}
	}
	return Area{}, false
}

// Level answers how high a normalised code stands: Community for one of 12 digits below a known township.
func (t *Table) Level(code string) (Level, bool) {
	a, ok := t.byCode[t.base(code)]
	if ok && a.Code != code {
		return Community, true
	}
	return a.Level, ok
}

// base is the township of a community, or the code itself.
func (t *Table) base(code string) string {
	if len(code) == 12 {
		return code[:9]
	}
	return code
}
