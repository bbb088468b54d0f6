package lineage

// Reason is why a subject counts as it does.
type Reason struct {
	Code string `json:"code" example:"hospitalised"`
	Zh   string `json:"zh"`
	En   string `json:"en"`
}

// ReasonOf puts the code of a reason in words.
func ReasonOf(code string) Reason {
	for _, r := range reasons {
		if r.Code == code {
			return r
		}
	}
	return Reason{Code: code, Zh: code, En: code}
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
}
