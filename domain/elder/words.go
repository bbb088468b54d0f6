package elder

// Sex as on the ID card.
type Sex string

// Circumstance is a special difficulty (特殊困难情形); an elder may hold several.
type Circumstance string

// Mode is how a visit was made.
type Mode string

// Outcome is what a visit found.
type Outcome string

// DischargeReason is why a stay ended.
type DischargeReason string

// The words on the wire.
const (
	Male   Sex = "male"
	Female Sex = "female"

	LivingAlone      Circumstance = "living_alone"      // 独居
	Childless        Circumstance = "childless"         // 孤寡
	EmptyNest        Circumstance = "empty_nest"        // 空巢
	LeftBehind       Circumstance = "left_behind"       // 留守
	SeverelyDisabled Circumstance = "severely_disabled" // 重残
	Disabled         Circumstance = "disabled"          // 失能
	Dementia         Circumstance = "dementia"          // 失智
	VeryOld          Circumstance = "very_old"          // 高龄
	SpecialFamily    Circumstance = "special_family"    // 计划生育特殊家庭

	AtHome      Mode = "home"      // 上门
	ByTelephone Mode = "telephone" // 电话
	ByVideo     Mode = "video"     // 视频

	Seen         Outcome = "seen"         // 见到
	Absent       Outcome = "absent"       // 不在
	Declined     Outcome = "refused"      // 拒绝
	Moved        Outcome = "moved"        // 迁走
	Hospitalised Outcome = "hospitalised" // 住院
	Deceased     Outcome = "deceased"     // 去世

	ToHome       DischargeReason = "home"
	ToHospital   DischargeReason = "hospital"
	ByDeath      DischargeReason = "deceased"
	OtherReasons DischargeReason = "other"
)

// Circumstances lists every circumstance in the order of the plan.
func Circumstances() []Circumstance {
	return []Circumstance{LivingAlone, Childless, EmptyNest, LeftBehind, SeverelyDisabled, Disabled, Dementia, VeryOld, SpecialFamily}
}
