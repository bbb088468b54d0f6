package elder

import "github.com/careledger/careledger/domain/fault"

// The refusals of an elder's stream.
var (
	ErrAlreadyRegistered = fault.New(fault.Refused, "already-registered", "该老年人已登记，请直接使用原有档案。", "This elder is on the register already; use the existing record.")
	ErrNotRegistered     = fault.New(fault.NotFound, "elder-not-found", "没有这位老年人的档案，请先登记或核对编号。", "There is no elder with this id; register the person first or check the id.")
	ErrIDMissing         = fault.New(fault.Invalid, "id-missing", "编号不能为空或全零。", "The id must not be empty or all zeros.")
	ErrUnknownCommand    = fault.New(fault.Invalid, "unknown-command", "无法识别的指令。", "This command is not known.")
	ErrUnder60           = fault.New(fault.Invalid, "elder-under-60", "登记日不满60周岁，不能登记为老年人。", "The person is under 60 on the day of registration and cannot be registered as an elder.")
	ErrBornLater         = fault.New(fault.Invalid, "born-after-registration", "出生日期晚于登记日期，请核对。", "The day of birth is after the day of registration; check both.")
	ErrInTheFuture       = fault.New(fault.Invalid, "in-the-future", "日期在未来，最多可提前一天，请核对。", "The day lies in the future; at most one day ahead is taken. Check it.")
	ErrDayMissing        = fault.New(fault.Invalid, "day-missing", "请填写日期。", "A day is needed.")
	ErrUnknownWord       = fault.New(fault.Invalid, "unknown-word", "该字段的取值不在允许范围内，请从 /docs 所列的取值中选择。", "The value is not one of the allowed words; /docs lists them.")
	ErrBeforeBirth       = fault.New(fault.Invalid, "effective-before-birth", "生效日期早于出生月份，请核对。", "The effective day is before the month of birth; check it.")

	ErrDeceased      = fault.New(fault.Refused, "elder-deceased", "该老年人已登记去世，之后的日期不能再登记；如系误登请先撤销。", "The elder is recorded as deceased: nothing is taken for a later day. If that is wrong, take the death back first.")
	ErrNotDied       = fault.New(fault.Refused, "not-deceased", "该老年人没有登记去世，无需撤销。", "No death is recorded of this elder, so there is nothing to take back.")
	ErrDiedTooEarly  = fault.New(fault.Refused, "died-before-registration", "去世日期早于登记或最近一次迁居，请核对。", "The day of death is before the registration or the last move; check both.")
	ErrMovedTooEarly = fault.New(fault.Refused, "moved-before-registration", "迁居日期早于登记日期，请核对。", "The move is before the registration; check the day.")
	ErrSameArea      = fault.New(fault.Refused, "same-area", "该老年人那天已登记在该区划，无需迁居。", "The elder is registered in this area on that day already.")

	ErrVisitBeforeBirth   = fault.New(fault.Invalid, "visit-before-birth", "探访日期早于出生月份，请核对。", "The visit is dated before the elder's month of birth; check the day.")
	ErrVisitLogged        = fault.New(fault.Refused, "visit-already-logged", "该探访编号已登记；如需修改请用更正。", "A visit with this id is logged already; correct it instead.")
	ErrVisitNotFound      = fault.New(fault.NotFound, "visit-not-found", "没有这次探访的记录，请核对编号。", "There is no visit with this id; check it.")
	ErrVisitInError       = fault.New(fault.Refused, "visit-entered-in-error", "该探访已作废，不能再更正；如确有探访请重新登记。", "This visit was entered in error and cannot be changed; log a new one if there was a visit.")
	ErrReasonMissing      = fault.New(fault.Invalid, "reason-missing", "请写明原因。", "A reason is needed.")
	ErrAlreadyAdmitted    = fault.New(fault.Refused, "already-admitted", "该老年人已在机构入住，请先办理退住或转院。", "The elder has a current stay; discharge or transfer first.")
	ErrStayExists         = fault.New(fault.Refused, "stay-exists", "该入住编号已使用，请换一个新编号。", "This stay id is used already; send a new one.")
	ErrOverlappingStay    = fault.New(fault.Refused, "overlapping-stay", "入住日期早于上一次退住日期，请核对。", "The admission is before the end of an earlier stay; check the day.")
	ErrAdmitBeforeBirth   = fault.New(fault.Invalid, "admission-before-birth", "入住日期早于出生月份，请核对。", "The admission is dated before the month of birth; check the day.")
	ErrAdmissionAbandoned = fault.New(fault.Refused, "admission-abandoned", "该次入住或转院因超时已放弃；请换新的入住编号重新提交，转院请先退住再入住。", "This admission or transfer was given up after a timeout; send it with a new stay id (for a transfer: discharge first, then admit).")
	ErrAdmissionCommitted = fault.New(fault.Refused, "admission-committed", "该入住已生效，不能放弃。", "This admission has been committed and cannot be given up.")
	ErrAlreadyAbandoned   = fault.New(fault.Refused, "already-abandoned", "该入住已放弃。", "This admission was given up already.")
	ErrNotAdmitted        = fault.New(fault.Refused, "not-admitted", "该老年人没有这次在住记录，请核对。", "The elder has no such current stay; check it.")
	ErrSameInstitution    = fault.New(fault.Refused, "same-institution", "转入机构与当前机构相同。", "The stay is in this institution already.")
	ErrTransferTooEarly   = fault.New(fault.Refused, "transfer-before-admission", "转院日期早于入住日期，请核对。", "The transfer is before the admission; check the day.")
	ErrAlreadyDischarged  = fault.New(fault.Refused, "already-discharged", "该入住已办理退住。", "This stay has ended already.")
	ErrDischargeTooEarly  = fault.New(fault.Refused, "discharge-before-admission", "退住日期早于入住日期，请核对。", "The discharge is before the admission; check the day.")
)
