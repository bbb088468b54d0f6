package ability

import (
	"slices"

	"github.com/careledger/careledger/domain/fault"
)

// Most is the highest total score, over the four first-level items: self-care, basic movement, mental state, and
// perception and social participation.
const Most = 90

// Levels are the levels of ability, from 完好 to 完全失能. One holds at a time.
func Levels() []string {
	return []string{"ability_1", "ability_2", "ability_3", "ability_4", "ability_5"}
}

// The refusals of an assessment.
var (
	ErrScore       = fault.New(fault.Invalid, "ability-score", "能力评估总分须为 0 至 90 的整数，请核对。", "The total score of an ability assessment is a whole number from 0 to 90; check it.")
	ErrNoCutOffs   = fault.New(fault.Refused, "no-ability-cut-offs", "规划文件未写明分级界限，无法由总分得出等级：请登记等级，或由管理员在规划文件中补上 ability_cut_offs。", "The plan file names no cut-offs, so no level follows from a score: record the level, or have ability_cut_offs added to the plan file.")
	ErrContradicts = fault.New(fault.Invalid, "ability-contradicts", "按规划的分级界限，该总分对应另一等级：请核对，只填其一；按标准规则调整过的等级，请直接登记等级（standings）。", "By the plan's cut-offs another level follows from the score: check both and send one; a level that the standard's own rules have moved is recorded as a standing.")
	ErrLevel       = fault.New(fault.Invalid, "unknown-ability-level", "能力等级须为 ability_1（完好）至 ability_5（完全失能）。", "A level of ability is one of ability_1 (intact) to ability_5 (wholly disabled).")
)

// LevelOf answers the level of a total score: cutOffs are the lowest scores of all levels but the last, highest first. A
// level, where one is given, must be the one that follows.
func LevelOf(score int, level string, cutOffs []int) (string, error) {
	levels := Levels()
	switch {
	case score < 0 || score > Most:
		return "", ErrScore.At("/score")
	case len(cutOffs) != len(levels)-1:
		return "", ErrNoCutOffs.At("/score")
	case level != "" && !slices.Contains(levels, level):
		return "", ErrLevel.At("/level")
	}
	at := slices.IndexFunc(cutOffs, func(lowest int) bool { return score >= lowest })
	if at < 0 {
		at = len(cutOffs)
	}
	if level != "" && level != levels[at] {
		return "", ErrContradicts.At("/level")
	}
	return levels[at], nil
}
