import { dictionary, type Pair } from './words'

// What in the plan cannot be true together: the shape of /plan/feasibility, how much each weighs, and its words.

export interface Contradiction {
  rule: string
  codes: string[]
  claim: string
  unit: string
  sources: string[]
  numbers: Record<string, number>
  text: { zh: string; en: string }
}

/** From what makes a target impossible to what a reader should only know of. */
export const weights = ['reach', 'differ', 'care'] as const
export type Weight = (typeof weights)[number]

/** Which numbers of a rule stand against each other, the plan's own first, and whose unit they have: that of one of the
 * rule's indicators, of its claim, or none. */
interface Rule {
  weight: Weight
  name: Pair
  unit: 0 | 1 | 'claim' | 'share' | ''
  figures: Record<string, Pair>
}

const rules: Record<string, Rule> = {
  'target-needs-more': { weight: 'reach', name: ['目标需要的比规划建的多', 'The target needs more than is planned'], unit: 1, figures: { planned: ['规划建设', 'Planned'], needed: ['目标需要', 'Needed'] } },
  'part-exceeds-whole': {
    weight: 'reach', name: ['部分大于整体', 'A part exceeds its whole'], unit: 1,
    figures: { planned: ['规划建设', 'Planned'], needed: ['目标需要', 'Needed'], whole: ['整体', 'Whole'], part: ['其中', 'Part'] },
  },
  'steps-miss': { weight: 'differ', name: ['逐年任务加起来不是目标', 'The yearly steps miss the target'], unit: 0, figures: { target: ['目标', 'Target'], reached: ['逐年相加', 'Steps give'] } },
  'steps-start': { weight: 'differ', name: ['逐年任务与已有数接不上', 'The yearly steps start elsewhere'], unit: 0, figures: { target: ['目标', 'Target'], from_stated: ['由已有数相加', 'From what is stated'] } },
  'below-baseline': { weight: 'differ', name: ['后来的数低于基期', 'Later figures lie below the baseline'], unit: 0, figures: { baseline: ['基期', 'Baseline'], ratio: ['后来', 'Later'] } },
  'baseline-differs': { weight: 'differ', name: ['基期与当年的数不符', 'The baseline differs from its year’s figures'], unit: 0, figures: { baseline: ['基期', 'Baseline'], ratio: ['应得', 'By the figures'] } },
  'share-jumps': { weight: 'differ', name: ['占比变化大得不可信', 'A share changes beyond belief'], unit: 'share', figures: { share_before: ['基期占比', 'Share before'], share_forecast: ['预测占比', 'Share forecast'] } },
  'rise-differs': { weight: 'differ', name: ['预测减去增量不是基期', 'A forecast less its rise is not the figure'], unit: '', figures: { figure: ['基期', 'Figure'], before: ['预测减增量', 'By the forecast'] } },
  'claim-differs': { weight: 'differ', name: ['正文的数算不出来', 'A sentence’s number does not follow'], unit: 'claim', figures: { claim: ['正文', 'The text'], reading_1: ['算得', 'It follows'], reading_2: ['另一算法', 'Otherwise'], reading_3: ['又一算法', 'Or else'] } },
  'two-values': { weight: 'differ', name: ['同一事有两个数', 'Two numbers for one thing'], unit: 0, figures: { claim: ['正文', 'The text'], other: ['另一处', 'Elsewhere'] } },
  'other-group': { weight: 'care', name: ['正文与指标统计的人不同', 'The text counts another group'], unit: '', figures: {} },
  'asks-no-rise': { weight: 'care', name: ['目标不高于基期', 'The target asks for no rise'], unit: 0, figures: { baseline: ['基期', 'Baseline'], target: ['目标', 'Target'] } },
}

/** A rule that came after this page is told by its sentence alone. */
const later: Rule = { weight: 'care', name: ['其他', 'Other'], unit: '', figures: {} }

export const ruleOf = (c: Contradiction): Rule => rules[c.rule] ?? later

export interface Figure {
  name: Pair
  value: number
  unit: string
}

/** The numbers that stand against each other. */
export function figuresOf(c: Contradiction, unitOf: (code?: string) => string): Figure[] {
  const { unit, figures } = ruleOf(c)
  const scale = unit === 'share' ? 100 : 1
  const word = unit === 'share' ? '%' : unit === 'claim' ? c.unit : unit === '' ? '' : unitOf(c.codes[unit])
  return Object.entries(figures)
    .filter(([name]) => c.numbers[name] !== undefined)
    .map(([name, label]) => ({ name: label, value: c.numbers[name]! * scale, unit: word }))
}

/** By how much the first figure and the nearest of the others differ. */
export function difference([own, ...others]: Figure[]): number {
  return own && others.length > 0 ? Math.min(...others.map((o) => Math.abs(o.value - own.value))) : 0
}

/** The difference as a share of the larger figure: what orders contradictions of one weight. */
function gap(c: Contradiction): number {
  const figures = figuresOf(c, () => '')
  return difference(figures) / (Math.max(...figures.map((f) => Math.abs(f.value))) || 1)
}

/** The contradictions by weight, in each the widest gap first. */
export function byWeight(found: Contradiction[]): { weight: Weight; items: Contradiction[] }[] {
  return weights
    .map((weight) => ({ weight, items: found.filter((c) => ruleOf(c).weight === weight).sort((a, b) => gap(b) - gap(a)) }))
    .filter(({ items }) => items.length > 0)
}

/** The document that all sources name, up to its date in brackets, and what is left of each. */
export function clauses(sources: string[], all: string[]): { document: string; clauses: string[] } {
  const document = /^[^）]*（\d{4}-\d{2}-\d{2}）/.exec(all[0] ?? '')?.[0] ?? ''
  return { document, clauses: sources.map((s) => (document && s.startsWith(document) ? s.slice(document.length).trim() : s)) }
}

export const w = dictionary({
  lead: ['规划有 {n} 处自相矛盾', 'The plan contradicts itself in {n} places'],
  leadReach: ['，其中 {n} 处使目标按规划自己的数达不到。', '; in {n} of them a target cannot be reached by the plan’s own numbers.'],
  leadEnd: ['。', '.'],
  how: ['由规划自己的数字算出；四舍五入可以解释的不列。差距大的在前。', 'Computed from the plan’s own numbers; what rounding explains is not listed. The widest gap first.'],
  none: ['规划的数字可以同时成立', 'The plan’s numbers can all be true'],
  noneHelp: ['没有发现互相矛盾之处。换一份规划文件后可再看此页。', 'Nothing contradicts anything else. Look again after the plan has been replaced.'],
  reach: ['目标达不到', 'Targets that cannot be reached'],
  differ: ['数字对不上', 'Numbers that do not fit together'],
  care: ['判断时须留意', 'To be judged with care'],
  apart: ['相差', 'Apart by'],
  institutions: ['个', 'institutions'],
  perMille: ['个千分点', '‰'],
})
