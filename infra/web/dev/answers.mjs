import { planAnswer, targetsOf } from './plan.mjs'

// Invented answers. No person, number or day here is anybody's.

export const state = { now: 'ready' }

const counties = ['文山市', '砚山县', '西畴县', '麻栗坡县', '马关县', '丘北县', '广南县', '富宁县']
const codes = ['532601', '532622', '532623', '532624', '532625', '532626', '532627', '532628']
const prefecture = '532600'
const townshipsOf = (county) => ['一', '二', '三', '四', '五'].map((n, i) => ({ code: `${county}10${i}`, name: `示例${n}镇`, level: 'township', parent: county }))
const areas = [
  { code: prefecture, name: '文山壮族苗族自治州', level: 'prefecture', parent: '' },
  ...codes.flatMap((code, i) => [{ code, name: counties[i], level: 'county', parent: prefecture }, ...townshipsOf(code)]),
]

// code, number, name, Chinese name, unit, decimals, group, value, expected, target, numerator, denominator, variant
const table = [
  ['elder-beds', 'E01', 'Elder-care beds', '养老床位总量', 'beds', 0, 'elder', 10324, 11523, 17850, 10324, null],
  ['beds-per-thousand', 'E02', 'Beds per thousand elders', '每千名老人拥有养老床位', '‰', 1, 'elder', 21.2, 25.9, 35, 10324, 486900],
  ['nursing-bed-share', 'E09', 'Share of nursing beds', '护理型床位占比', '%', 1, 'elder', 32.9, 47, 55, 3401, 10324],
  ['nursing-bed-share', 'E09', 'Nursing beds to beds in operation', '护理型床位与已运营床位之比', '%', 1, 'elder', 65.3, null, null, 3401, 5205, 'operating'],
  ['monthly-visit-rate', 'E10', 'Monthly visit rate of elders in special difficulty', '特殊困难老年人月探访率', '%', 1, 'elder', 52, 61.95, 78, 5200, 10000],
  ['retrofitted-homes', 'E12', 'Households retrofitted', '适老化改造户数', 'households', 0, 'elder', 2310, 2100, 4500, 2310, null],
  ['places-per-thousand', 'C01', 'Childcare places per thousand people', '每千人口拥有3岁以下婴幼儿托位数', 'places', 2, 'child', 1.94, 1.95, 4.6, 6790, 3500000],
  ['inclusive-share', 'C03', 'Share of inclusive places', '普惠托位占比', '%', 1, 'child', null, 48.2, 60, null, null],
].map(([code, number, name, name_zh, unit, decimals, group, value, expected, target, numerator, denominator, variant = 'official']) => ({
  code, number, name, name_zh, unit, decimals, group, value, expected, target, numerator, denominator, variant,
}))

let position = 70123
const moved = new Map()

/** One more success in a county; answers what the live stream says of it. */
export function move(county) {
  moved.set(county, (moved.get(county) ?? 0) + 1)
  position++
  return { prefecture: '5326', frontier: String(position), slabs: [{ code: 'monthly-visit-rate', variant: 'official', period: '2022-11' }] }
}

const share = (area) => (area === prefecture ? 1 : area.length === 6 ? 1 / 8 : 1 / 40)
const lift = (area) => (area === prefecture ? 1 : 0.8 + ([...area].reduce((s, c) => s * 7 + Number(c), 3) % 55) / 100)
const round = (v, n) => Math.round(v * 10 ** n) / 10 ** n

function cell(row, area, period) {
  const [y, m] = period.split('-').map(Number)
  const back = (2022 - y) * 12 + 11 - m
  const counts = row.denominator === null
  const extra = row.code === 'monthly-visit-rate' ? [...moved].reduce((s, [c, n]) => s + (area === prefecture || area === c ? n : 0), 0) : 0
  const denominator = counts ? null : Math.round(row.denominator * share(area))
  const known = row.value !== null && state.now !== 'empty' && back >= 0
  const grown = known ? row.value * lift(area) * (1 - back * 0.013 - (back % 3) * 0.004) : null
  const numerator = known ? Math.round(counts ? grown * share(area) : (grown / row.value) * row.numerator * share(area)) + extra : null
  const per = { '%': 100, '‰': 1000, places: 1000 }[row.unit]
  const value = !known ? null : counts ? numerator : (numerator / denominator) * per
  const expected = row.expected === null ? null : round(row.expected * (1 - back * 0.008) * (counts ? share(area) : 1), row.decimals + 1)
  const wanted = row.target === null ? null : row.target * (counts ? share(area) : 1)
  const status = value === null ? 'no_data' : expected === null ? 'no_target' : value > expected * 1.02 ? 'ahead' : value >= expected * 0.98 ? 'on_track' : 'behind'
  const target = wanted === null ? null : { ...(area === prefecture ? targetsOf(row)[0] : {}), id: 'plan-2025', official: true, kind: 'reach', value: round(wanted, 0), unit: row.unit, deadline: '2025-12-31', source: '示例方案', baseline: 0, baseline_on: '2020-12-31', expected, status }
  return {
    code: row.code, area, period, month: period, value, unit: row.unit, numerator, denominator, definition: { version: 1, variant: row.variant },
    target, targets: target ? [target] : [], expected, status,
    computed_at: '2022-12-01T00:00:00Z', position: String(position), complete: true, period_closed: true, records: 1234,
  }
}

function forecast(row, area, until) {
  const { value: now, target } = cell(row, area, until)
  const none = { value: null, low: null, high: null, probability: null, pace: null, pace_needed: null, reached_in: null, back_test: null }
  const item = { code: row.code, area, variant: row.variant, unit: row.unit, deadline: '2025-12-31', target: target?.value ?? null, history_until: until, level: 0.8, position: String(position), silent: null }
  if (now === null || row.variant !== 'official') return { ...item, ...none, silent: { zh: '只有 5 个完整月份的数值，至少需要 8 个。', en: 'Only 5 complete months have a value; a forecast needs 8.' } }
  const value = now * 1.24
  return {
    ...item, value, low: value * 0.88, high: value * 1.1, probability: 0.07, pace: (value - now) / 37, pace_needed: target ? (target.value - now) / 37 : null,
    reached_in: '2028-04', back_test: { months: 24, ahead: 12, mae: now * 0.03, coverage: 0.83 },
  }
}

const elders = Array.from({ length: 46 }, (_, i) => ({
  id: `00000000-0000-4000-8000-0000000000${String(i).padStart(2, '0')}`, area: '532628100', area_name: '示例一镇', name: `示例老人${i + 1}`,
  id_number_masked: `532628********${1000 + i}`, sex: i % 2 ? 'male' : 'female', birth_month: '1948-03',
  circumstances: ['living_alone', 'very_old', 'left_behind'].slice(0, (i % 3) + 1),
  last_visit_on: i % 4 === 0 ? null : i % 4 === 1 ? '2022-11-06' : '2022-10-09', revision: '7',
}))

const problem = (status, code, detail, detail_zh, errors) => ({ status, body: { type: 'about:blank', title: code, status, code, detail, detail_zh, errors } })

function months(from, to) {
  const all = []
  for (let [y, m] = from.split('-').map(Number); ; m === 12 ? (y++, (m = 1)) : m++) {
    all.push(`${y}-${String(m).padStart(2, '0')}`)
    if (all.at(-1) >= to) return all
  }
}

const reading = {
  '/areas': () => ({ items: areas }),
  '/indicator-definitions': () => ({
    items: table.map((r) => ({ ...r, version: 1, numerator: 'what is counted', numerator_zh: '分子说明', denominator: r.denominator ? 'of what' : undefined, denominator_zh: r.denominator ? '分母说明' : undefined, source: '示例方案', targets: targetsOf(r) })),
  }),
  '/periods': () => ({ newest_with_records: state.now === 'empty' ? '2026-11' : '2022-11', current: '2026-11', first: '2020-12' }),
  '/session': () => ({ principal: { id: 'a', role: 'administrator' }, areas: [prefecture] }),
  '/alerts': () => ({
    items: state.now === 'empty' ? [] : codes.slice(0, 5).map((area, i) => ({
      id: `a${i}`, code: 'monthly-visit-rate', variant: 'official', area, period: '2022-11', state: 'open', raised_at: '2022-12-01T08:00:00Z', resolved_at: null, value: 48.2 + i, expected: 61.95, unit: '%', reason: 'behind',
    })),
  }),
  '/indicators': (q) => {
    const level = q.get('level') || 'self'
    const wanted = (q.get('code') ?? '').split(',').filter(Boolean)
    const of = level === 'self' ? [q.get('area')] : areas.filter((a) => a.level === level && a.parent === q.get('area')).map((a) => a.code)
    const rows = table.filter((r) => wanted.length === 0 || wanted.includes(r.code))
    return { items: of.flatMap((a) => rows.map((r) => cell(r, a, q.get('period')))), next: '', frontier: String(position), head: String(position) }
  },
  '/status': () => ({
    ledger: 'l', head: String(position), log: 'ok', bus: 'ok', warehouse: state.now === 'no-warehouse' ? 'unavailable' : 'ok',
    prefectures: [{
      code: '5326', name: '文山壮族苗族自治州', name_en: 'Wenshan Prefecture', frontier: String(position - 12), head: String(position), behind_events: 12, lag_seconds: 1.46, parked: 0,
      projection: { serving: 2, previous: 1, building: 3, paused: false, projected: String(Math.round(position * 0.62)), head: String(position), estimated_seconds: 38.2 }, longest_silent: { area: '532601', name: '文山市', name_en: 'Wenshan City', recorded_at: null, silent_seconds: 950_000 },
    }],
  }),
  '/freshness': (q) => {
    const of = q.get('area') || prefecture
    const silent = (i) => (i === 0 ? null : [0, 950_000, 260_000, 90_000, 8_000, 2_400, 130, 4][i % 8])
    const at = (s) => (s === null ? null : new Date(Date.now() - s * 1000).toISOString())
    const line = (area, s, devices) => ({ area, recorded_at: at(s), received_at: at(s), silent_seconds: s, devices })
    const phones = Array.from({ length: 27 }, (_, i) => ({ device: `示例phone-${String(i + 1).padStart(4, '0')}`, area: '532628100', recorded_at: at(900_000 / (i + 1)), received_at: at(900_000 / (i + 1)), silent_seconds: 900_000 / (i + 1) }))
    const from = Number(q.get('cursor') || 0)
    const to = from + Number(q.get('limit') || 50)
    return { asked_at: at(0), lag_seconds: 0, items: [line(of, 4, 61), ...areas.filter((a) => a.parent === of).map((a, i) => line(a.code, silent(i), i * 3))], devices: phones.slice(from, to), next: to < phones.length ? String(to) : '' }
  },
  '/elders': (q) => {
    const found = elders.filter((e) => !q.get('q') || e.name === q.get('q'))
    const from = Number(q.get('cursor') || 0)
    return { items: found.slice(from, from + 20), next: from + 20 < found.length ? String(from + 20) : '', total: found.length }
  },
}

const api = {
  info: { title: 'Careledger API', version: '1', description: 'Invented for the browser test.' },
  paths: {
    '/api/v1/elders': { post: { operationId: 'register-elder', summary: 'Register an elder', tags: ['elders'], parameters: [{ name: 'Idempotency-Key', in: 'header', required: true, description: 'the same key is the same command' }], requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Elder' } } } } } },
    '/api/v1/areas': { get: { operationId: 'areas', summary: 'The areas', tags: ['reading'] } },
  },
  components: { schemas: { Elder: { type: 'object', required: ['area'], properties: { area: { type: 'string', description: '9 or 12 digits' }, sex: { type: 'string', enum: ['male', 'female'] } } } } },
}

/** The answer to a request: a status, a body and what the live stream then says. */
export function answer(request, url, body) {
  if (state.now === 'signed-out') return problem(401, 'signed-out', 'Sign in first.', '请先登录。')
  if (url.pathname === '/openapi.json') return { status: 200, body: api }
  const path = url.pathname.replace('/api/v1', '')
  const trend = /^\/indicators\/(.+)\/trend$/.exec(path)
  if (trend) {
    const row = table.find((r) => r.code === trend[1] && r.variant === (url.searchParams.get('variant') || 'official'))
    return { status: 200, body: { items: months(url.searchParams.get('from'), url.searchParams.get('to')).map((p) => cell(row, url.searchParams.get('area'), p)) } }
  }
  const ahead = /^\/indicators\/(.+)\/forecast$/.exec(path)
  if (ahead) {
    const row = table.find((r) => r.code === ahead[1] && r.variant === (url.searchParams.get('variant') || 'official'))
    return { status: 200, body: { items: [forecast(row, url.searchParams.get('area'), url.searchParams.get('until'))] } }
  }
  if (request.method === 'POST' && path.endsWith('/visits')) {
    if (!request.headers['idempotency-key']) return problem(400, 'idempotency-key-missing', 'No key.', '没有幂等键。')
    if (JSON.parse(body).occurred_on > '2026-12-31')
      return problem(422, 'invalid', 'A field is not right.', '有一项不对。', [{ pointer: '/occurred_on', code: 'in-future', detail: 'The day lies in the future.', detail_zh: '日期在将来。' }])
    return { status: 201, body: { status: 'accepted', id: 'v1', stream: 'elder', revision: '8', command_id: '0192aaaa-0000', doubts: [] }, notice: move('532628') }
  }
  if (state.now === 'no-warehouse' && path === '/freshness') return problem(503, 'warehouse-unavailable', 'The warehouse cannot be asked just now.', '统计仓库暂时无法查询。')
  const planned = planAnswer(request.method, path, url.searchParams, body && JSON.parse(body), { state: state.now, areas, table, cell })
  if (planned?.refused) {
    const [status, code, detail, detail_zh, pointer] = planned.refused
    return problem(status, code, detail, detail_zh, pointer && [{ pointer, code, detail, detail_zh }])
  }
  if (planned) return planned
  const read = reading[path]
  return read ? { status: 200, body: read(url.searchParams) } : problem(404, 'not-found', 'Not found.', '没有找到。')
}
