import { number, valueOf } from './format'
import { t } from './i18n'
import type { Area, Definition, Status } from './types'
import { dictionary } from './words'

// What was published: the shapes of /publications and of the sealed document, the official table, and their words.

export interface Publication {
  id: string
  period: string
  revision: number
  sealed_on: string
  position: string
  root: string
  hash: string
  key: string
  plan: string
  cells: number
  supersedes: string | null
  superseded_by: string | null
  changed_cells: number
  late_events: string | number
}

export interface SealedCell {
  area: string
  code: string
  variant: string
  value: number | null
  target: number | null
  expected: number | null
  status: Status
  complete: boolean
}

export interface SealedDefinition extends Definition {
  target_kind?: string
  baseline: number | null
  target: number | null
}

type Values = Pick<SealedCell, 'value' | 'target' | 'expected' | 'status' | 'complete'> & { numerator: number | null; denominator: number | null }

export interface Change {
  area: string
  code: string
  variant: string
  was: Values | null
  now: Values | null
}

export interface Content {
  period: string
  revision: number
  sealed_on: string
  position: string
  head: { ledger: string; root: string }
  plan: { name: string; name_zh: string; source: string; sha256: string }
  areas: Area[]
  definitions: SealedDefinition[]
  cells: SealedCell[]
  reasons?: {
    supersedes: { revision: number; position: string }
    cells: Change[]
    events: { type: string; area: string; events: string | number }[]
  }
}

export interface Row {
  d: SealedDefinition
  whole?: SealedCell
  counties: (SealedCell | undefined)[]
}

export interface Table {
  root?: Area
  counties: Area[]
  rows: Row[]
}

/** The official table: the indicators that the plan numbers, in its order, with the prefecture's value and the counties'. */
export function tableOf(c: Content): Table {
  const cells = new Map(c.cells.filter((x) => x.variant === 'official').map((x) => [x.area + '/' + x.code, x]))
  const root = c.areas.find((a) => a.level === 'prefecture')
  const counties = c.areas.filter((a) => a.level === 'county')
  const rows = c.definitions
    .filter((d) => d.number && d.variant === 'official')
    .map((d) => ({ d, whole: cells.get(root?.code + '/' + d.code), counties: counties.map((a) => cells.get(a.code + '/' + d.code)) }))
  return { root, counties, rows }
}

/** A number that the plan gives, with as many decimals as it has. */
const given = (v: number | null | undefined) => (v == null ? '—' : v.toLocaleString('en-US', { maximumFractionDigits: 4 }))

/** A target as the plan words its kind; of an area its own where it has one. */
export function goalOf(d: SealedDefinition, cell?: SealedCell): string {
  const value = given(cell?.target ?? d.target)
  switch (d.target_kind) {
    case 'rise':
    case 'grow':
      return t(d.target_kind)
    case 'floor':
      return '≥' + value
    case 'above':
      return '>' + value
  }
  return value
}

export const baselineOf = (d: SealedDefinition) => given(d.baseline)

/** A value as it was published: an asterisk where it was not complete yet. */
export const publishedValue = (d: Pick<Definition, 'decimals'>, c?: SealedCell) => valueOf(c, d.decimals) + (c?.value != null && !c.complete ? '*' : '')

const members = ['value', 'target', 'expected', 'numerator', 'denominator'] as const
const mostDecimals = 6

/** What a change was and is: the value; where that is the same what else differs, by its name. With as many decimals as tell it. */
export function changeOf({ was, now }: Change, decimals = 0): { was: string; now: string } {
  const member = members.find((m) => (was?.[m] ?? null) !== (now?.[m] ?? null))
  if (!member) return was?.status === now?.status ? { was: done(was), now: done(now) } : { was: t(was?.status ?? 'no_data'), now: t(now?.status ?? 'no_data') }
  const name = member === 'value' ? '' : w(member) + ' '
  for (let n = decimals; ; n++) {
    const [a, b] = [number(was?.[member], n), number(now?.[member], n)]
    if (a !== b || n >= mostDecimals) return { was: name + a, now: name + b }
  }
}

const done = (v: Values | null) => w(v?.complete ? 'complete' : 'incomplete')

/** What a file of a publication is called. */
export const fileOf = (p: Pick<Publication, 'period' | 'revision'>, ending: string) => `careledger-${p.period}-r${p.revision}.${ending}`

export const w = dictionary({
  seal: ['发布一个月', 'Publish a month'],
  sealHelp: ['封存该月全部数字并签名，需要几秒钟。其后有补记时可再次发布，先前的一次保持不变。', 'Seals and signs every number of the month; it takes a few seconds. When something comes late, publish it again: what was published before stays.'],
  notYours: ['发布由管理员和全州督导进行。', 'Administrators publish, and supervisors of the whole prefecture.'],
  month: ['月份', 'Month'],
  publish: ['封存并发布', 'Seal and publish'],
  sealing: ['正在封存，需要几秒钟…', 'Sealing; this takes a few seconds…'],
  retrying: ['暂时连不上服务，正在用同一回执号重试；不会重复发布。', 'The server cannot be reached; the same month is being sent again. It is published once.'],
  notSealed: ['连不上服务，尚不确定是否已发布。请检查网络后再按“封存并发布”，不会重复发布。', 'The server cannot be reached, so it is not certain that this was published. Press Seal and publish again once you are online: it is published once.'],
  published: ['已发布', 'Published'],
  openIt: ['查看', 'Open it'],
  list: ['已发布', 'What was published'],
  empty: ['还没有发布过', 'Nothing has been published'],
  emptyMay: ['在上面选择一个已结束的月份，点“封存并发布”。', 'Choose a month that is over above, and press Seal and publish.'],
  emptyHelp: ['发布后，各月的正式报表列在这里。', 'Once a month has been published, its official table is listed here.'],
  revision: ['第 {n} 次发布', 'revision {n}'],
  cells: ['{n} 个数', '{n} numbers'],
  first: ['首次发布', 'first published'],
  why: ['{cells} 个数有变化，其后新增记录 {events} 条', '{cells} numbers changed, {events} events since'],
  newest: ['现行', 'newest'],
  superseded: ['已被第 {n} 次替代', 'superseded by revision {n}'],
  old: ['已被替代', 'superseded'],
  all: ['全部发布', 'All publications'],
  table: ['正式报表', 'The official table'],
  asPublished: ['发布时的内容', 'as published'],
  indicator: ['指标', 'Indicator'],
  baseline: ['基期', 'Baseline'],
  prefecture: ['全州', 'Prefecture'],
  noteLine: ['“应达”为目标线在本期末的数值；“—”表示暂无数据或不适用；“*”表示本期数据尚未完整；“↓”表示该县（市）落后于目标线。', '“Expected” is where the target’s line stands at the end of the period; “—”: no data, or not applicable; “*”: not complete yet; “↓”: the county is behind its line.'],
  behindLine: ['落后', 'behind'],
  reasons: ['为何有这一次', 'Why there is this revision'],
  since: ['替代第 {n} 次：其后新增记录 {events} 条，{cells} 个数有变化。', 'It supersedes revision {n}: {events} events were recorded since, and {cells} numbers changed.'],
  changed: ['有变化的数', 'Numbers that changed'],
  was: ['原为', 'Was'],
  now: ['现为', 'Is'],
  numerator: ['分子', 'numerator'],
  denominator: ['分母', 'denominator'],
  complete: ['完整', 'complete'],
  incomplete: ['尚未完整', 'not complete'],
  late: ['新增的记录', 'What was recorded since'],
  records: ['条数', 'Events'],
  kind: ['类型', 'Kind'],
  check: ['核对', 'Checking it'],
  hash: ['内容哈希', 'Hash of the content'],
  position: ['统计截至台账序号', 'Counted up to ledger number'],
  root: ['账本根', 'Root of the ledger'],
  key: ['签名公钥', 'Public key of the signature'],
  keyName: ['简称', 'short name'],
  keyOther: ['不是本服务现用的密钥', 'not the key that this server signs with now'],
  id: ['发布编号', 'Id'],
  recompute: ['由台账重算并比对', 'Recompute and compare'],
  recomputing: ['正在由台账重算，需要几秒钟…', 'Counting it anew from the ledger; this takes a few seconds…'],
  identical: ['重算得到同样的 {n} 字节，与发布时一致。', 'Counted anew, it gives the same {n} bytes as were published.'],
  differs: ['重算的内容与发布的不一致：自第 {n} 个字符起不同。', 'Counted anew, it is not what was published: it differs from character {n} on.'],
  offline: ['离线核验', 'Checking it offline'],
  offlineHelp: ['在任何机器上都可以核验，不需要本服务。先下载 JSON 文件；公钥请向发布单位另行索取并存为 office.pub，不要用文件里自带的。', 'On any machine, without this server. Download the JSON first; take the public key from the office by another way, as office.pub, not from the file itself.'],
  command: ['命令', 'Command'],
  shownArea: ['显示', 'Show'],
})
