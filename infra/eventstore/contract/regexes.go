package contract

import (
	"slices"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// testRegexes: the regular expressions of filters are .NET's, whose classes know all scripts. Those that a server need
// not know are refused as invalid arguments, or right; never read as something else.
func testRegexes(t *testing.T, k *kit) {
	from, s := k.mark(t), stream("typed")
	sent := events("x", 8)
	for i, kind := range []string{"Moved", "moved2", "入住登记", "入住٣", "à b", "a\u3000b", "日-志", "x[1]"} {
		sent[i].EventType = kind
	}
	k.append(t, s, esdb.NoStream{}, sent...)
	for _, c := range []struct {
		pattern  string
		want     []int
		optional bool
	}{
		{pattern: `\w+$`, want: []int{0, 1, 2, 3, 4, 5, 6}},
		{pattern: `^\w+$`, want: []int{0, 1, 2, 3}},
		{pattern: `^[\w-]+$`, want: []int{0, 1, 2, 3, 6}},
		{pattern: `^[^\w]`, want: nil},
		{pattern: `[^\w]`, want: []int{4, 5, 6, 7}},
		{pattern: `\W`, want: []int{4, 5, 6, 7}},
		{pattern: `\d$`, want: []int{1, 3}},
		{pattern: `[\d]$`, want: []int{1, 3}},
		{pattern: `\D\D$`, want: []int{0, 2, 4, 5, 6}},
		{pattern: `\s`, want: []int{4, 5}},
		{pattern: `\S\S\S$`, want: []int{0, 1, 2, 3, 6, 7}},
		{pattern: `[\s\-]`, want: []int{4, 5, 6}},
		{pattern: `\p{Lo}`, want: []int{2, 3, 6}},
		{pattern: `(?i)MOVED$`, want: []int{0}},
		{pattern: `[]\[]`, want: []int{7}},
		{pattern: `\\w`, want: nil},
		{pattern: `.+(住|志).*`, want: []int{2, 3, 6}},
		{pattern: `.{3}$`, want: []int{0, 1, 2, 3, 4, 5, 6, 7}},
		{pattern: `moved\b`, want: nil, optional: true},
		{pattern: `\Bv`, want: []int{0, 1}, optional: true},
		{pattern: `[\W]`, want: []int{4, 5, 6, 7}, optional: true},
		{pattern: `[a-z-[a-u]]e`, want: []int{0, 1}, optional: true},
		{pattern: `(e)d\d|(ov)\2`, want: []int{1}, optional: true},
		{pattern: `(?<=住)٣`, want: []int{3}, optional: true},
		{pattern: `oved\Z`, want: []int{0}, optional: true},
		{pattern: `\u5165`, want: []int{2, 3}, optional: true},
	} {
		t.Run(c.pattern, func(t *testing.T) {
			found, err := k.filtered(t, byType(&expression{Regex: c.pattern}, 32), esdb.Forwards, from, 10_000)
			if c.optional && err != nil {
				require.Equal(t, codes.InvalidArgument, status.Code(err))
				require.Contains(t, status.Convert(err).Message(), "regular expression")
				return
			}
			require.NoError(t, err)
			var want []uuid.UUID
			for _, i := range c.want {
				want = append(want, sent[i].EventID)
			}
			order := sentIDs(sent)
			found = slices.DeleteFunc(found, func(id uuid.UUID) bool { return !slices.Contains(order, id) }) // of others
			require.Equal(t, want, nilIfNone(found))
		})
	}
}
