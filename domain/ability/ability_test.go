package ability_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/ability"
	"github.com/careledger/careledger/domain/fault"
)

func TestALevelOfAbilityFollowsFromTheScore(t *testing.T) {
	standards := []int{90, 66, 46, 30}
	for _, c := range []struct {
		behaviour string
		score     int
		level     string
		cutOffs   []int
		want      string
		refused   string
	}{
		{"the highest score is intact", 90, "", standards, "ability_1", ""},
		{"anything less is mild", 89, "", standards, "ability_2", ""},
		{"down to its cut-off", 66, "", standards, "ability_2", ""},
		{"below it is moderate", 65, "", standards, "ability_3", ""},
		{"down to its cut-off", 46, "", standards, "ability_3", ""},
		{"below it is severe", 45, "", standards, "ability_4", ""},
		{"down to its cut-off", 30, "", standards, "ability_4", ""},
		{"below the last is total", 29, "", standards, "ability_5", ""},
		{"nothing at all is total", 0, "", standards, "ability_5", ""},
		{"the plan's cut-offs decide", 65, "", []int{85, 60, 40, 20}, "ability_2", ""},
		{"the same level may be said", 65, "ability_3", standards, "ability_3", ""},
		{"another may not", 65, "ability_2", standards, "", "ability-contradicts"},
		{"one that is none may not", 65, "poor", standards, "", "unknown-ability-level"},
		{"a score above all is none", 91, "", standards, "", "ability-score"},
		{"a score below nothing is none", -1, "", standards, "", "ability-score"},
		{"without cut-offs no level follows", 65, "", nil, "", "no-ability-cut-offs"},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			got, err := ability.LevelOf(c.score, c.level, c.cutOffs)
			require.Equal(t, c.want, got)
			if c.refused == "" {
				require.NoError(t, err)
				return
			}
			f, ok := fault.Of(err)
			require.True(t, ok)
			require.Equal(t, c.refused, f.Code)
			require.NotEmpty(t, f.Pointer)
		})
	}
}
