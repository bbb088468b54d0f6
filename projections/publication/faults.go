package publication

import "github.com/careledger/careledger/domain/fault"

// What a publication is refused with, beside the rules of its stream.
var (
	ErrMonth    = fault.New(fault.Invalid, "period-not-a-month", "只能按月发布，请写成 2022-11 的形式。", "A publication is of a month; write it like 2022-11.")
	ErrEarly    = fault.New(fault.Invalid, "period-before-the-plan", "该月份早于规划的基期，没有可发布的数据。", "The month lies before the plan's baseline; there is nothing to publish.")
	ErrCatching = fault.New(fault.Unavailable, "numbers-behind", "统计尚未跟上台账，请稍后用同一幂等键重试。", "The numbers have not caught up with the log yet; retry with the same key shortly.")
	ErrParked   = fault.New(fault.Refused, "events-parked", "有事件未能计入该月数据；请先用 careledger parked 查看并重放，再发布。", "Events that bear on this month could not be counted; see `careledger parked`, have them replayed, and publish then.")
	ErrNone     = fault.New(fault.NotFound, "publication-not-found", "没有这个发布，请核对编号或月份。", "There is no such publication; check its id or month.")
	ErrDiffers  = fault.New(fault.Refused, "publication-not-reproduced", "由台账重新计算的结果与已发布的内容不一致，统计口径可能已由新版本改变；请从备份恢复 publications 目录中的文件。", "What the log gives now is not what was sealed: this version may count otherwise. Bring the file back from a copy of the directory publications/.")
	ErrKey      = fault.New(fault.Invalid, "not-a-key", "不是有效的公钥，请使用 careledger publish key 打印的内容。", "This is no public key; give what `careledger publish key` prints.")
)
