// Invented answers about a plan: contradictions, targets, publications.

const solution = '示例方案（2022-11-07）'
const contradictions = [
  { rule: 'target-needs-more', codes: ['beds-per-thousand', 'elder-beds'], claim: '', unit: '', sources: [`${solution}一（二）`, `${solution}指标表 E02`, `${solution}指标表 E01`], numbers: { target: 35, forecast: 628300, needed: 21991, planned: 17850, ratio: 28.41 }, text: { zh: '2025年预测60岁及以上老年人628,300，按35‰需要21,991张床位；规划只到17,850（28.4‰），仅够510,000。', en: '35 ‰ of 628,300 people of 60 and more (forecast for 2025) needs 21,991 beds; the plan builds 17,850 (28.4 ‰), which is enough for 510,000.' } },
  { rule: 'claim-differs', codes: [], claim: 'vacancy', unit: '%', sources: [`${solution}一（一）1`], numbers: { claim: 69, reading_1: 73.564, reading_2: 86.672 }, text: { zh: '“床位空置率69%”：按规划自己的数字为(5,205 − 1,376) ÷ 5,205 = 73.6%；(10,324 − 1,376) ÷ 10,324 = 86.7%，均不相符。', en: '“69 % of beds are vacant”: by the plan’s own numbers (5,205 − 1,376) ÷ 5,205 = 73.6 %; (10,324 − 1,376) ÷ 10,324 = 86.7 %; none gives it.' } },
  { rule: 'asks-no-rise', codes: ['inclusive-share'], claim: '', unit: '', sources: [`${solution}指标表 C03`], numbers: { target: 60, baseline: 60 }, text: { zh: '普惠托位占比：目标60%并不高于基期60%，只能按“保持”判断。', en: 'Share of inclusive places: the target of 60 % asks for no more than the baseline of 60 %; it is judged as a level to keep.' } },
]

export const targetsOf = (row) =>
  row.target === null ? undefined : [{
    id: 'plan-2025', official: true, kind: 'reach', value: row.target, baseline: 0, baseline_on: '2020-12-31', deadline: '2025-12-31', source: `${solution}指标表 ${row.number}`,
    ...(row.code === 'elder-beds' ? { steps: [[2022, 1500], [2023, 2500], [2024, 2500], [2025, 1200]].map(([year, add]) => ({ year, add })) } : {}),
  }]

const said = []
const published = []
const hex = (n) => n.toString(16).padStart(2, '0').repeat(32)

const receipt = (id) => ({ status: 201, body: { status: 'accepted', id, stream: 'plan', revision: String(said.length + published.length), command_id: '0192bbbb-0000', doubts: [] } })

function target(body, withdrawn) {
  if (!withdrawn && !(body.value >= 0)) return { refused: [422, 'target-value', 'The target’s value must be a finite number of 0 or more.', '目标值须为不小于0的有限数。', '/value'] }
  if (!body.effective_on) return { refused: [422, 'field-missing', 'Give the day.', '请填写生效日期。', '/effective_on'] }
  const before = said.findLast((s) => s.of === body.area && s.code === body.code)
  if (!withdrawn && before && !before.withdrawn && before.value === body.value) return { refused: [409, 'target-unchanged', 'The target has this value from that day on already; nothing is to be changed.', '该目标自该日起已是这个数值，无需修改。'] }
  said.push({ code: body.code, target: body.target, of: body.area, value: body.value ?? 0, withdrawn, effective_on: body.effective_on, reason: body.reason ?? '', recorded_at: '2022-12-01T08:00:00Z' })
  return receipt('t')
}

function seal({ period }) {
  if (period >= '2026-11') return { refused: [409, 'period-still-open', 'The month is not over; publish it when it is.', '该月份尚未结束，请在月末之后发布。', '/period'] }
  const before = published.find((p) => p.period === period)
  const id = `0192cccc-0000-4000-8000-0000000000${String(published.length).padStart(2, '0')}`
  if (before) before.superseded_by = id
  published.unshift({
    id, period, revision: (before?.revision ?? 0) + 1, sealed_on: '2022-12-06', position: '70123', root: 'cm9vdA==', hash: hex(published.length + 17), key: 'a2V5', plan: 'example', cells: 904,
    supersedes: before?.id ?? null, superseded_by: null, changed_cells: before ? 2 : 0, late_events: before ? '17' : '0',
  })
  return receipt(id)
}

function sealed(p, { areas, table, cell }) {
  const cells = areas.flatMap((a) => table.map((r) => {
    const { code, value, expected, target, status } = cell(r, a.code, p.period)
    return { area: a.code, code, variant: r.variant, period: p.period, value, expected, target: target?.value ?? null, status, complete: true }
  }))
  const definitions = table.map((r) => ({ ...r, version: 1, baseline: 0, target: r.target, target_kind: 'reach' }))
  const reasons = p.supersedes && {
    supersedes: { revision: p.revision - 1, position: '70001' },
    cells: ['532601', '532601100'].map((area) => ({ area, code: 'monthly-visit-rate', variant: 'official', was: { value: 45.47 }, now: { value: 45.53 } })),
    events: [{ type: 'HomeVisitLogged.v1', area: '532601100', events: '17' }],
  }
  const content = { period: p.period, revision: p.revision, sealed_on: p.sealed_on, position: p.position, head: { ledger: 'l', root: p.root }, plan: { name: 'Example plan', name_zh: '示例方案', source: solution, sha256: hex(1) }, areas, definitions, cells, ...(reasons ? { reasons } : {}) }
  return { content, hash: p.hash, key: p.key, signature: 'c2ln' }
}

/** The answer to a question or command about the plan; undefined where it is about something else. */
export function planAnswer(method, path, query, body, known) {
  const ok = (of) => ({ status: 200, body: of })
  const empty = known.state === 'empty'
  switch (`${method} ${path}`) {
    case 'GET /plan/feasibility': return ok({ items: empty ? [] : contradictions, next: '' })
    case 'GET /plan/targets': return ok({ items: said, next: '' })
    case 'POST /plan/targets': return target(body, false)
    case 'POST /plan/targets/withdrawal': return target(body, true)
    case 'GET /plan/allotment': {
      if (query.get('code') !== 'elder-beds') return { refused: [404, 'not-allotted', 'The plan has no rule by which this indicator is allotted.', '规划没有规定如何分解这个指标。'] }
      const counties = known.areas.filter((a) => a.level === 'county')
      return ok({ code: 'elder-beds', target: 'plan-2025', unit: 'beds', by: 'population_60_plus', whole: 17850, source: solution, parts: counties.map((a, i) => ({ area: a.code, people: 40000 + i * 5000, value: 17850 / 8, per_head: 0.04, average: 0.04 })) })
    }
    case 'GET /publications': return ok({ items: published, next: '' })
    case 'POST /publications': return seal(body)
    case 'GET /publication-key': return ok({ key: 'a2V5', id: '00112233aabbccdd' })
  }
  const one = published.find((p) => path === `/publications/${p.id}`)
  return one && ok(sealed(one, known))
}
