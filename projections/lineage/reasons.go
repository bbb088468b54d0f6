package lineage

import "strings"

// Reason is why a subject counts as it does.
type Reason struct {
	Code string `json:"code" example:"hospitalised"`
	Zh   string `json:"zh"`
	En   string `json:"en"`
}

// ReasonOf puts the code of a reason in words. What stands behind a colon is the standing or the activity that decided it.
func ReasonOf(code string) Reason {
	word, of, _ := strings.Cut(code, ":")
	for _, r := range reasons {
		if r.Code == word {
			name := nameOf(of)
			return Reason{Code: code, Zh: strings.ReplaceAll(r.Zh, "%", name.Zh), En: strings.ReplaceAll(r.En, "%", name.En)}
		}
	}
	return Reason{Code: code, Zh: code, En: code}
}

// nameOf is what a standing or an activity is called.
func nameOf(word string) Reason {
	for _, n := range names {
		if n.Code == word {
			return n
		}
	}
	return Reason{Code: word, Zh: word, En: strings.ReplaceAll(word, "_", " ")}
}

var reasons = []Reason{
	{"seen", "当月已探访见到", "seen in the month"},
	{"not_visited", "当月未探访", "not visited in the month"},
	{"absent", "当月探访未遇", "not at home when visited in the month"},
	{"refused", "当月拒绝探访", "refused the visit of the month"},
	{"hospitalised", "当月探访得知住院", "in hospital, by a visit of the month"},
	{"moved", "当月探访得知迁走", "moved away, by a visit of the month"},
	{"deceased", "当月探访得知去世", "deceased, by a visit of the month"},
	{"not_in_difficulty", "月末无特殊困难情形", "in no special difficulty on the month's last day"},
	{"beds", "月末有所计床位", "has such beds on the month's last day"},
	{"other_beds", "月末床位只计入分母", "its beds on the month's last day are in the denominator only"},
	{"no_beds", "月末没有所计床位", "has no such beds on the month's last day"},
	{"resident", "月末在住", "staying on the month's last day"},
	{"left", "月末前已退住或转出", "discharged or transferred by the month's last day"},
	{"accepted", "改造已验收", "a retrofit was accepted"},
	{"accepted_before", "规划期之前已验收", "accepted before the plan's period"},
	{"places", "月末有所计托位", "has such places on the month's last day"},
	{"other_places", "月末托位只计入分母", "its places on the month's last day are in the denominator only"},
	{"no_places", "月末没有所计托位", "has no such places on the month's last day"},
	{"filed", "已备案", "on file by the month's last day"},
	{"enrolled", "月末在托", "enrolled on the month's last day"},
	{"withdrawn", "月末前已退托", "withdrawn by the month's last day"},
	{"turned_3", "月末已满3岁", "aged 3 or more by the month's end"},
	{"reported", "上报数", "the figure in force"},
	{"holds", "在册，条件均满足", "on the register, and all that is asked for holds"},
	{"lacking", "未登记“%”", "%: not recorded"},
	{"ended", "“%”已终止", "%: has ended"},
	{"lapsed", "“%”已到期", "%: has lapsed"},
	{"happened", "期内有“%”", "%: recorded in the period"},
	{"nothing", "期内无“%”", "%: not recorded in the period"},
	{"township", "辖内乡镇（街道）", "a township of the area"},
	{"township_with", "辖内至少有一个", "has at least one"},
	{"township_without", "辖内没有", "has none"},
}

var names = []Reason{
	{"registered", "在册", "registration"},
	{"aged_65", "年满65岁", "aged 65"},
	{"stay", "在住养老机构", "current stay"},
	{"under_3", "3岁以下", "under 3"},
	{"birth", "出生", "birth"},
	{"newborn_visit", "新生儿访视（28天内）", "newborn visit within 28 days"},
	{"newborn_visit_late", "新生儿访视（逾期）", "late newborn visit"},
	{"check", "健康检查", "health check of a child"},
	{"immunisation", "预防接种", "immunisation"},
	{"managed", "系统管理", "systematic management"},
	{"immunised", "按程序接种", "immunised by schedule"},
	{"guidance", "早期发展指导", "early-development guidance"},
	{"health_check", "健康体检", "health check"},
	{"poor", "特困人员", "extremely poor person"},
	{"poor_disabled", "失能特困", "disabled and extremely poor"},
	{"poor_willing", "集中供养意愿", "wish to live in an institution"},
	{"ability_1", "能力完好", "ability intact"},
	{"ability_2", "轻度失能", "mildly disabled"},
	{"ability_3", "中度失能", "moderately disabled"},
	{"ability_4", "重度失能", "severely disabled"},
	{"ability_5", "完全失能", "wholly disabled"},
	{"home_service", "居家社区养老服务", "home and community service"},
	{"day_care", "日间照料", "day care"},
	{"childcare", "社区托育", "community childcare"},
	{"elder_friendly", "示范性老年友好社区", "elder-friendly designation"},
	{"respect_month", "敬老月活动", "Respect Month activity"},
	{"compliant", "配套达标", "compliant premises"},
	{"tcm_tertiary", "三级中医医院", "tertiary TCM hospital"},
	{"general_secondary", "二级以上综合医院", "general hospital of grade 2 or above"},
	{"rehabilitation", "康复科", "rehabilitation department"},
	{"geriatrics", "老年医学科", "geriatrics department"},
	{"integrated_care", "医养结合优质服务", "integrated-care designation"},
	{"medical_contract", "医疗机构签约", "contract with a medical institution"},
	{"social_worker", "社会工作者", "social worker"},
	{"elder_carer", "养老护理员", "elder carer"},
	{"childcare_worker", "托育从业人员", "childcare worker"},
	{"certificate", "有效证书", "valid certificate"},
	{"fire_safety", "有效消防安全", "valid fire safety"},
	{"demonstration", "示范", "demonstration designation"},
}
