package httpapi

import (
	"slices"
	"strings"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/fault"
)

// noIndicator refuses the code of an indicator that is not in the plan: where they are listed, and which one may be meant.
func (s *server) noIndicator(code, pointer string) *fault.Error {
	f := *errNoIndicator.At(pointer)
	f.Chinese += "careledger indicators 和 /api/v1/indicator-definitions 列出全部。"
	f.English += " `careledger indicators` and /api/v1/indicator-definitions list them."
	var codes []string
	for _, d := range s.Plan.Definitions {
		codes = append(codes, d.Code)
	}
	if meant := near(code, codes); meant != "" {
		f.Chinese += "是否指 " + meant + "？"
		f.English += " Did you mean " + meant + "?"
	}
	return &f
}

// areaIn normalises a code. Of one that is not in the table it says where they are listed, and which one may be meant; a
// name is as good as a code for that.
func areaIn(areas *area.Table, code string) (string, *fault.Error) {
	normal, err := areas.Normalise(code)
	unknown, refused := fault.Of(err)
	if !refused {
		return normal, nil
	}
	f := *unknown
	f.Chinese += "careledger areas 和 /api/v1/areas 列出全部。"
	f.English += " `careledger areas` and /api/v1/areas list them."
	word := strings.ToLower(strings.TrimSpace(code))
	var codes, named []string
	for _, a := range areas.All() {
		codes = append(codes, a.Code)
		if word == a.Name || word == strings.ToLower(a.NameEn) {
			named = append(named, a.Code)
		}
	}
	meant := near(word, codes)
	if len(named) == 1 {
		meant = named[0]
	}
	if a, known := areas.Find(meant); known {
		f.Chinese += "是否指 " + a.Code + "（" + a.Name + "）？"
		f.English += " Did you mean " + a.Code + " (" + orElse(a.NameEn, a.Name) + ")?"
	}
	return "", &f
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// near answers which of several words another one may be meant for: the closest by letters, within a fifth of its length,
// or else the one that holds it, or begins as it does. "" where there is none, or more than one.
func near(word string, known []string) string {
	if len(word) < 4 || len(word) > 80 {
		return ""
	}
	distance := 1 + len(word)/5
	var closest, holding []string
	for _, k := range slices.Compact(slices.Sorted(slices.Values(known))) {
		switch n := lettersApart(word, k); {
		case n < distance:
			closest, distance = []string{k}, n
		case n == distance:
			closest = append(closest, k)
		}
		if strings.Contains(k, word) || strings.HasPrefix(k, word[:len(word)*3/4]) {
			holding = append(holding, k)
		}
	}
	if len(closest) == 0 {
		closest = holding
	}
	if len(closest) != 1 {
		return ""
	}
	return closest[0]
}

// lettersApart is how many letters must be put in, taken out or changed to make one word of another.
func lettersApart(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := before
			if a[i] != b[j] {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
