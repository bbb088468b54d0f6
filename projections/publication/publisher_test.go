package publication

import (
	"maps"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/domain/publication"
	"github.com/careledger/careledger/projections/indicators"
)

func (c Content) value(area, code string) (Cell, bool) {
	for _, cell := range c.Cells {
		if cell.Area == area && cell.Code == code && cell.Variant == "official" {
			return cell, true
		}
	}
	return Cell{}, false
}

func TestAMonthIsSealedWithEveryCell(t *testing.T) {
	o := open(t)
	o.store.add("BedsOpened.v1", "532601001", november, 100)
	o.store.add("BedsOpened.v1", "532622101", november-1, 50)
	c := o.seal("first")
	require.Equal(t, Format, c.Format)
	require.Equal(t, 1, c.Revision)
	require.Nil(t, c.Reasons)
	require.EqualValues(t, 2, c.Position)
	require.Equal(t, Head{Ledger: ledgerID, Size: 2, Root: "AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}, c.Head)
	require.Len(t, c.Cells, len(o.publisher.Rules.Areas.All())*len(o.publisher.Rules.Plan.In(november)))
	require.Len(t, c.Definitions, len(o.publisher.Rules.Plan.In(november)))
	require.Equal(t, "文山壮族苗族自治州", c.Areas[0].Name)

	whole, found := c.value("532600", "elder-beds")
	require.True(t, found)
	require.InDelta(t, 150, *whole.Value, 0)
	require.InDelta(t, 17850, *whole.Target, 0)
	require.EqualValues(t, 2, whole.Position)
	require.Equal(t, "behind", string(whole.Status))
	county, _ := c.value("532622", "elder-beds")
	require.InDelta(t, 50, *county.Value, 0)
	nothing, _ := c.value("532628", "elder-beds-per-1000")
	require.Nil(t, nothing.Value)

	v := Verify(o.document("2022-11"), keyOfSeed(1).Public().(edKey))
	require.Empty(t, v.Findings)
	require.Equal(t, c, v.Content)
}

// Whatever is recorded later, a publication is made again byte for byte; and lost files come back.
func TestTheSameBytesForEver(t *testing.T) {
	o := open(t)
	o.store.add("BedsOpened.v1", "532601001", november, 100)
	o.seal("first")
	first := o.document("2022-11")
	sealed, err := o.publisher.Find(t.Context(), "2022-11")
	require.NoError(t, err)

	o.now = o.now.AddDate(2, 1, 3)
	o.store.add("BedsClosed.v1", "532601001", november, -20)
	o.store.add("BedsOpened.v1", "532622101001", november+7, 1000)
	o.targets = []plan.AreaTarget{{Held: plan.Held{Code: "elder-beds", Target: "plan-2025", Of: "532601"}, Value: 5000, EffectiveOn: november.First()}}
	o.seal("second")
	o.store.add("BedsOpened.v1", o.publisher.Rules.Areas.Children("532628")[0].Code, november-2, 7)
	o.seal("third")
	for range 3 {
		again, err := o.publisher.Recompute(t.Context(), sealed)
		require.NoError(t, err)
		require.Equal(t, string(first), string(again))
	}
	newest := o.document("2022-11")
	c, err := Read(newest)
	require.NoError(t, err)
	county, _ := c.value("532601", "elder-beds")
	require.InDelta(t, 5000, *county.Target, 0, "what was adopted since counts in a later revision")
	kept := maps.Clone(o.files)
	clear(o.files)
	require.Equal(t, string(newest), string(o.document("2022-11")), "and the revisions before it, which its reasons need")
	require.Equal(t, kept, o.files)

	clear(o.files)
	o.store.behind = 1 // they are counted anew
	_, err = o.publisher.Recompute(t.Context(), sealed)
	require.ErrorIs(t, err, ErrCatching)
	require.Empty(t, o.files)
}

func TestWhatCameLateMakesARevisionThatSaysWhy(t *testing.T) {
	o := open(t)
	o.store.add("BedsOpened.v1", "532601001", november, 100)
	first := o.seal("first")
	o.store.add("BedsClosed.v1", "532601001003", november, -20)
	o.store.add("BedsClosed.v1", "532601001", november, -10)
	o.store.add("BedsOpened.v1", "532622101", november+1, 5) // of the next month
	o.store.add("AlertRaised.v1", "532601", november+1, 0)
	second := o.seal("second")
	require.Equal(t, 2, second.Revision)
	sealed, err := o.publisher.Find(t.Context(), first.Publication.String())
	require.NoError(t, err)
	require.Equal(t, Superseded{first.Publication, 1, 1, sealed.Hash}, second.Reasons.Supersedes)
	require.Equal(t, []Late{
		{"PublicationSealed.v1", "532600", 1}, {"AlertRaised.v1", "532601", 1}, {"BedsClosed.v1", "532601001", 2}, {"BedsOpened.v1", "532622101", 1},
	}, second.Reasons.Events)
	var areas []string
	for _, c := range second.Reasons.Cells {
		if c.Code == "elder-beds" {
			areas = append(areas, c.Area)
			require.InDelta(t, 100, *c.Was.Value, 0)
			require.InDelta(t, 70, *c.Now.Value, 0)
		}
	}
	require.Equal(t, []string{"532600", "532601", "532601001"}, areas)

	newest, err := o.publisher.Find(t.Context(), "2022-11")
	require.NoError(t, err)
	require.Equal(t, second.Publication, newest.Publication)
	require.Equal(t, first.Publication, *newest.Supersedes)
	require.EqualValues(t, 5, newest.Late)
	require.Equal(t, len(second.Reasons.Cells), newest.Changed)
	require.Empty(t, Verify(o.document("2022-11"), nil).Findings)
}

func TestTheSameCommandSealsOnce(t *testing.T) {
	o := open(t)
	o.store.add("BedsOpened.v1", "532601001", november, 100)
	first := o.publisher.Seal(t.Context(), november, o.by("key"))
	require.NoError(t, first.Err)
	o.store.add("BedsOpened.v1", "532601001", november, 1)
	again := o.publisher.Seal(t.Context(), november, o.by("key"))
	require.NoError(t, again.Err)
	require.True(t, again.Duplicate)
	require.Equal(t, first.Entity, again.Entity)
	all, err := o.publisher.List(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 1)
}

func TestWhatIsNotSealed(t *testing.T) {
	o := open(t)
	o.store.add("BedsOpened.v1", "532601001", november, 100)
	o.seal("first")
	for _, c := range []struct {
		behaviour string
		month     calendar.Month
		given     func()
		refused   error
	}{
		{"nothing has changed", november, func() {}, publication.ErrUnchanged},
		{"what was recorded bears on another month", november, func() { o.store.add("BedsOpened.v1", "532601001", november+1, 1) }, publication.ErrUnchanged},
		{"the month runs", november + 1, func() {}, publication.ErrOpen},
		{"it is to come", november + 2, func() {}, publication.ErrFuture},
		{"it lies before the plan", calendar.MonthOf(2020, time.November), func() {}, ErrEarly},
		{"an event that bears on it is parked", november, func() {
			o.store.add("BedsOpened.v1", "532601001", november, 1)
			o.store.doubts = []indicators.Doubt{{Areas: []string{"532601001"}, Since: november - 3}}
		}, ErrParked},
	} {
		c.given()
		outcome := o.publisher.Seal(t.Context(), c.month, o.by(c.behaviour))
		require.ErrorIs(t, outcome.Err, c.refused, c.behaviour)
	}
	require.Len(t, o.files, 1, "what is refused leaves nothing")
	o.store.doubts[0].Since = november + 1
	require.NoError(t, o.publisher.Seal(t.Context(), november, o.by("parked later")).Err)
	_, err := o.publisher.Find(t.Context(), "2022-10")
	require.ErrorIs(t, err, ErrNone)
	_, err = o.publisher.Find(t.Context(), uuid.NewString())
	require.ErrorIs(t, err, ErrNone)
	_, err = o.publisher.Find(t.Context(), "../events")
	require.ErrorIs(t, err, ErrNone)
}

func TestSealingWaitsForTheNumbers(t *testing.T) {
	o := open(t)
	o.store.add("BedsOpened.v1", "532601001", november, 100)
	o.store.behind = 3
	o.seal("first")
	require.Zero(t, o.store.behind)
}

// A build that counts otherwise cannot make a document again; it says so, and answers nothing else in its name.
func TestWhatIsCountedOtherwiseIsNotPassedOff(t *testing.T) {
	o := open(t)
	o.store.add("BedsOpened.v1", "532601001", november, 100)
	o.seal("first")
	sealed, err := o.publisher.Find(t.Context(), "2022-11")
	require.NoError(t, err)
	o.store.nursing = 0.5
	_, err = o.publisher.Recompute(t.Context(), sealed)
	require.ErrorIs(t, err, ErrDiffers)
	_, err = o.publisher.Document(t.Context(), sealed)
	require.NoError(t, err, "the file is the one that was sealed")
	clear(o.files)
	_, err = o.publisher.Document(t.Context(), sealed)
	require.ErrorIs(t, err, ErrDiffers)
	require.Empty(t, o.files)
}
