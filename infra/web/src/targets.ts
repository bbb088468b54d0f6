import type { Cell, Definition, PlanTarget, Target } from './types'
import { amount, dictionary, figure, fill } from './words'

// Targets of areas: what the plan asks, what was adopted instead, and their words.

/** What an event said of the target of an area (of: its code). */
export interface Said {
  code: string
  target: string
  of: string
  value: number
  withdrawn: boolean
  effective_on: string
  reason: string
  recorded_at: string
}

export type Held = Pick<Said, 'code' | 'target' | 'of'>

export interface Allotment {
  by: string
  whole: number
  parts: { area: string; people: number; value: number; per_head: number; average: number }[]
  source: string
}

const same = (a: Held, b: Held) => a.code === b.code && a.target === b.target && a.of === b.of

/** What was said last, in the log's order, of a target for the newest day not after last. */
export function inForce(history: Said[], held: Held, last: string): Said | undefined {
  let newest: Said | undefined
  for (const s of history) if (same(s, held) && s.effective_on <= last && (!newest || s.effective_on >= newest.effective_on)) newest = s
  return newest
}

export type Deed = 'adopted' | 'revised' | 'withdrawn'

/** The history with what each event did, the newest first. */
export function deeds(history: Said[]): (Said & { deed: Deed })[] {
  return history
    .map((s, i) => {
      const before = inForce(history.slice(0, i), s, s.effective_on)
      return { ...s, deed: s.withdrawn ? ('withdrawn' as const) : before && !before.withdrawn ? ('revised' as const) : ('adopted' as const) }
    })
    .reverse()
}

export type Origin = 'adopted' | 'withdrawn' | 'named' | 'allotted' | 'inherited' | 'own' | 'none'

export interface Line {
  area: string
  /** The target in force; undefined: the area has none. */
  value?: number
  expected?: number | null
  origin: Origin
  since?: string
  perHead?: number
  above: boolean
}

/** What is asked of an area, and by what: it was adopted, the plan names it, the plan's rule allots it, or it is the whole's. */
export function lineOf(d: Definition, target: string, cell: Cell, root: string, history: Said[], last: string): Line {
  const { area } = cell
  const own = cell.targets.find((t: Target) => t.id === target)
  const said = inForce(history, { code: d.code, target, of: area }, last)
  const line = { area, value: own?.value, expected: own?.expected, above: false }
  if (said?.withdrawn) return { ...line, value: undefined, expected: undefined, origin: 'withdrawn', since: said.effective_on }
  if (said) return { ...line, value: said.value, origin: 'adopted', since: said.effective_on }
  if (!own) return { ...line, origin: 'none' }
  if (area === root) return { ...line, origin: 'own' }
  if (d.targets?.find((t) => t.id === target)?.areas?.[area] !== undefined) return { ...line, origin: 'named' }
  return { ...line, origin: d.denominator ? 'inherited' : 'allotted' }
}

/** Adds what a target is for each person of those that it was shared out by. */
export function perHead(lines: Line[], a: Allotment | null): { average: number; lines: Line[] } {
  const people = new Map(a?.parts.map((p) => [p.area, p.people]))
  const all = [...people.values()].reduce((sum, n) => sum + n, 0)
  const average = a && all > 0 ? a.whole / all : 0
  return {
    average,
    lines: lines.map((l) => {
      const n = people.get(l.area)
      if (!n || l.value === undefined) return l
      const each = l.value / n
      return { ...l, perHead: each, above: each > average * (1 + 1e-9) }
    }),
  }
}

/** How the parts of a count add up to the whole; undefined where nothing is to be added up. */
export function sumOf(d: Definition, whole: Line | undefined, parts: Line[]): { sum: number; off: number; without: number } | undefined {
  const known = parts.filter((l) => l.value !== undefined)
  if (d.denominator || whole?.value === undefined || known.length === 0) return undefined
  const sum = known.reduce((s, l) => s + l.value!, 0)
  return { sum, off: Math.round((sum - whole.value) * 1e6) / 1e6, without: parts.length - known.length }
}

/** The yearly steps of a target, and where each leads. */
export function stepsOf(t: PlanTarget): { year: number; add: number; reached: number }[] {
  let reached = t.value - (t.steps ?? []).reduce((sum, s) => sum + s.add, 0)
  return (t.steps ?? []).map((s) => ({ ...s, reached: (reached += s.add) }))
}

/** What a target asks for, in a few words. */
export function goal(t: PlanTarget, d: Definition): string {
  const down = d.direction === 'down' && ['floor', 'above', 'reach'].includes(t.kind) ? 'Down' : ''
  return fill(w(`goal_${t.kind}${down}`), { value: amount(t.value, d.unit), by: t.deadline.slice(0, 4) })
}

export const signed = (n: number) => (n > 0 ? '+' : '') + figure(n)

export const w = dictionary({
  indicators: ['指标', 'Indicators'],
  allIndicators: ['全部指标', 'All indicators'],
  choose: ['请选择一项指标。', 'Choose an indicator.'],
  none: ['规划没有为任何指标设目标', 'The plan sets no target'],
  noneHelp: ['在规划文件中为指标写入 targets，再用 careledger plan check 检查。', 'Give indicators targets in the plan file, and check it with careledger plan check.'],
  other: ['另有 {n} 项', '{n} more'],
  saidOf: ['{n} 次变更', 'changed {n} times'],
  official: ['正式目标', 'Official target'],
  unofficial: ['其他目标', 'Other target'],
  goal_reach: ['{by} 年达到 {value}', '{value} by {by}'],
  goal_reachDown: ['{by} 年降到 {value}', 'down to {value} by {by}'],
  goal_floor: ['始终不低于 {value}', 'at least {value} all the time'],
  goal_floorDown: ['始终不高于 {value}', 'at most {value} all the time'],
  goal_above: ['始终高于 {value}', 'above {value} all the time'],
  goal_aboveDown: ['始终低于 {value}', 'below {value} all the time'],
  goal_hold: ['保持在 {value}', 'stay at {value}'],
  goal_rise: ['持续提升', 'keep rising'],
  goal_grow: ['比 {value} 明显增长', 'clear growth over {value}'],
  kind: ['判断', 'Judged'],
  kind_reach: ['沿进度线推进，到期限时达到', 'to be reached by the deadline, along a line until then'],
  kind_floor: ['任何时候都不得越过', 'a line never to be crossed'],
  kind_above: ['任何时候都须越过', 'to be beyond it at all times'],
  kind_hold: ['保持这一水平', 'a level to keep'],
  kind_rise: ['不低于基期即可', 'not below the baseline'],
  kind_grow: ['须高于基期', 'above the baseline'],
  baseline: ['基期', 'Baseline'],
  deadline: ['期限', 'Deadline'],
  steps: ['逐年任务', 'Yearly steps'],
  year: ['年份', 'Year'],
  add: ['当年新增', 'Adds'],
  reached: ['年末应达', 'By its end'],
  byArea: ['各地目标', 'By area'],
  inMonth: ['{month} 有效', 'in force in {month}'],
  month: ['月份', 'Month'],
  origin_adopted: ['采纳，自 {since} 起', 'adopted, from {since}'],
  origin_withdrawn: ['已撤销，自 {since} 起', 'withdrawn, from {since}'],
  origin_named: ['规划指定', 'named by the plan'],
  origin_allotted: ['按规则分解', 'allotted by rule'],
  origin_inherited: ['同全州', 'as the whole'],
  origin_own: ['规划所定', 'the plan’s'],
  origin_none: ['未设目标', 'no target'],
  perHead: ['每千人 {n}', '{n} per 1,000'],
  perHeadMeans: ['每千人：目标 ÷ 分解所依的人数（{by}）', 'Per 1,000: the target ÷ the people it is allotted by ({by})'],
  above: ['高于平均', 'above average'],
  average: ['平均每千人 {n}', 'average {n} per 1,000'],
  population: ['常住人口', 'residents'],
  population_60_plus: ['60岁及以上老年人', 'people of 60 and more'],
  sum: ['合计', 'Sum'],
  sumRight: ['合计与上级目标一致', 'The parts add up to the whole'],
  sumOver: ['合计比上级目标多 {n}', 'The parts add up to {n} more than the whole'],
  sumUnder: ['合计比上级目标少 {n}', 'The parts add up to {n} less than the whole'],
  without: ['{n} 地未设目标', 'without a target: {n}'],
  change: ['变更', 'Change'],
  adopt: ['采纳', 'Adopt'],
  changeOf: ['变更{area}的目标', 'Change the target of {area}'],
  notYours: ['采纳、修订和撤销目标由全州管理员进行。', 'Targets are adopted, revised and withdrawn by administrators of the whole prefecture.'],
  history: ['变更经过', 'What was changed'],
  noHistory: ['尚未采纳、修订或撤销过目标，按规划执行。', 'Nothing has been adopted, revised or withdrawn: the plan holds.'],
  noHistoryHelp: ['在上表某地一行点“变更”即可采纳。', 'To adopt one, press “Change” in an area’s row above.'],
  deed_adopted: ['采纳', 'Adopted'],
  deed_revised: ['修订为', 'Revised to'],
  deed_withdrawn: ['撤销', 'Withdrawn'],
  from: ['自 {day} 起', 'from {day}'],
  what: ['如何变更', 'Change'],
  set: ['定为', 'Set to'],
  withdraw: ['撤销', 'Withdraw'],
  value: ['目标值（{unit}）', 'Target ({unit})'],
  effectiveOn: ['生效日期', 'In force from'],
  effectiveHelp: ['期末在该日或以后的月份按新目标判断，之前的不变。', 'Periods that end on that day or later are judged by it; those before stay as they were.'],
  reason: ['原因', 'Reason'],
  record: ['记入台账', 'Record'],
  done: ['已记入台账', 'Recorded in the ledger'],
  notSaved: ['连不上服务，尚不确定是否已记入。请检查网络后再按“记入台账”，不会重复记入。', 'The server cannot be reached, so it is not certain that this was recorded. Press Record again once you are online: it is recorded once.'],
  savedBefore: ['上一次提交其实已记入台账（按修改前的内容）；再按“记入台账”会另记一次。', 'The attempt before was recorded after all, as it stood then; pressing Record again records another change.'],
  retrying: ['暂时连不上服务，正在用同一回执号重试；不会重复记入。', 'The server cannot be reached; the same change is being sent again. It is recorded once.'],
})
