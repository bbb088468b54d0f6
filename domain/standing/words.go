package standing

import (
	"slices"

	"github.com/careledger/careledger/domain/ability"
)

// Kind is the kind of a subject, as it stands in events, facts and measures.
type Kind string

// The kinds. Those from Community on are kinds of units, which have a stream of their own (package unit).
const (
	Elder       Kind = "elder"
	Child       Kind = "child"
	Institution Kind = "institution"
	Childcare   Kind = "childcare"
	Community   Kind = "community"    // 社区
	Estate      Kind = "estate"       // 新建居住(小)区
	ElderSchool Kind = "elder_school" // 老年学校
	Hospital    Kind = "hospital"
	Staff       Kind = "staff" // a person on staff 从业人员
)

// Kinds lists all of them.
func Kinds() []Kind { return append([]Kind{Elder, Child, Institution, Childcare}, UnitKinds()...) }

// UnitKinds lists the kinds of units.
func UnitKinds() []Kind { return []Kind{Community, Estate, ElderSchool, Hospital, Staff} }

// What follows from other events, without being recorded by itself.
const (
	Registered = "registered" // on the register, in the area of that day
	Aged65     = "aged_65"    // from the first day of the month of the 65th birthday
	Stay       = "stay"       // has a current stay; of overlapping reports the last change counts
	Under3     = "under_3"    // from the month of birth until the month before that of the third birthday
	Birth      = "birth"      // an activity, on the first day of the month of birth
)

// What a child's checks and immunisations make hold.
const (
	NewbornVisit     = "newborn_visit"      // 新生儿访视, within 28 days
	NewbornVisitLate = "newborn_visit_late" // one that came later
	Check            = "check"              // of the 4-2-1 schedule 健康检查
	Immunisation     = "immunisation"       // 预防接种
	Managed          = "managed"            // 系统管理: no check is overdue
	Immunised        = "immunised"          // no dose is overdue
)

// Words are what is known of subjects of a kind.
type Words struct {
	Standings, Activities []string // that are recorded
	Certificates          []string // standings with a last day, which may be older than the registration
	OneOf                 []string // standings of which one holds at a time: recording one ends the others
	Derived, Happened     []string // standings and activities that follow from other events
}

// WordsOf answers the words of a kind; none for one that is not known.
func WordsOf(k Kind) Words {
	w := words(k)
	if w.Derived == nil && slices.Contains(Kinds(), k) {
		w.Derived = []string{Registered}
	}
	return w
}

func words(k Kind) Words {
	switch k {
	case Elder:
		levels := ability.Levels()
		return Words{
			Standings:  append([]string{"poor", "poor_disabled", "poor_willing"}, levels...), // 特困, 失能特困, 有集中供养意愿
			Activities: []string{"health_check"},
			OneOf:      levels,
			Derived:    []string{Registered, Aged65, Stay},
		}
	case Child:
		return Words{
			Standings:  []string{Managed, Immunised},
			Activities: []string{NewbornVisit, NewbornVisitLate, Check, Immunisation, "guidance"},
			Derived:    []string{Registered, Under3},
			Happened:   []string{Birth},
		}
	case Institution:
		return Words{Standings: []string{"integrated_care", "medical_contract"}} // 医养结合, 医疗服务协议
	case Childcare:
		return Words{Standings: []string{"fire_safety", "demonstration"}, Certificates: []string{"fire_safety"}}
	case Community:
		return Words{
			Standings:  []string{"home_service", "day_care", "childcare", "elder_friendly"},
			Activities: []string{"respect_month"}, // 敬老月
		}
	case Estate:
		return Words{Standings: []string{"compliant"}} // 配套达标
	case Hospital:
		return Words{Standings: []string{"tcm_tertiary", "general_secondary", "rehabilitation", "geriatrics", "integrated_care"}}
	case Staff:
		return Words{
			Standings:    []string{"social_worker", "elder_carer", "childcare_worker", "certificate"},
			Certificates: []string{"certificate"},
		}
	}
	return Words{}
}

// Replaces lists the standings that end when one of them is recorded.
func Replaces(k Kind, standing string) []string {
	var others []string
	oneOf := words(k).OneOf
	for _, other := range oneOf {
		if other != standing {
			others = append(others, other)
		}
	}
	if len(others) == len(oneOf) {
		return nil
	}
	return others
}
