import { computed, reactive, ref, watch } from 'vue'
import { get, Refusal } from './api'
import { addMonths } from './format'
import type { Alert, Area, Cell, Definition, Problem } from './types'

interface CellsAnswer {
  items: Cell[]
  frontier: string
  head: string
}

export const prefecture = ref('')
export const areas = ref<Area[]>([])
export const definitions = ref<Definition[]>([])
export const alerts = ref<Alert[]>([])
export const problem = ref<Problem | null>(null)
export const ready = ref(false)
export const connected = ref(true)
export const frontier = ref(0)
export const head = ref(0)

/** What is looked at; the address of the page says the same. */
export const view = reactive({ area: '', period: '', code: '', variant: 'official' })

const cells = reactive(new Map<string, Cell>())
const trends = reactive(new Map<string, Cell[]>())
export const changed = reactive(new Set<string>())

const keyOf = (code: string, variant: string, area: string, period: string) => [code, variant, area, period].join('/')

export const definitionOf = (code: string, variant = 'official') =>
  definitions.value.find((d) => d.code === code && d.variant === variant)
export const areaOf = (code: string) => areas.value.find((a) => a.code === code)
export const childrenOf = (code: string) => areas.value.filter((a) => a.parent === code)
export const cellOf = (code: string, variant: string, area: string): Cell | undefined =>
  cells.get(keyOf(code, variant, area, view.period))
export const trendOf = (code: string, variant: string, area: string): Cell[] | undefined =>
  trends.get(keyOf(code, variant, area, view.period))
const newest = ref('')
const current = ref('')
const loaded = ref(false)
/** Nothing has been recorded yet: no month has records, and none of what was read has a value. */
export const isEmpty = computed(
  () => loaded.value && newest.value === current.value && [...cells.values()].every((c) => c.value === null),
)
export const behind = computed(() => head.value - frontier.value)

/** The areas that the right-hand side compares: below the chosen area, or its siblings where nothing is below. */
export const compared = computed(() => {
  const below = childrenOf(view.area)
  return below.length > 0 ? below : childrenOf(areaOf(view.area)?.parent ?? '')
})

async function guard(work: () => Promise<void>): Promise<void> {
  try {
    await work()
    problem.value = null
  } catch (e) {
    if (e instanceof Refusal) problem.value = e.problem
    else throw e
  }
}

function keep(answer: CellsAnswer): void {
  frontier.value = Math.max(frontier.value, Number(answer.frontier))
  head.value = Math.max(head.value, Number(answer.head))
  for (const c of answer.items) {
    const key = keyOf(c.code, c.definition.variant, c.area, c.period)
    const was = cells.get(key)
    if (was && Number(was.position) > Number(c.position)) continue // an older answer that came late
    cells.set(key, c)
    if (was && was.value !== c.value) flash(key)
  }
}

/** Marks a cell as just changed for as long as the page shows it so. */
function flash(key: string): void {
  changed.add(key)
  setTimeout(() => changed.delete(key), 2500)
}

export const isChanged = (code: string, variant: string, area: string) => changed.has(keyOf(code, variant, area, view.period))

export async function begin(): Promise<void> {
  await guard(async () => {
    const [a, d] = await Promise.all([get<{ items: Area[] }>('/areas'), get<{ items: Definition[] }>('/indicator-definitions')])
    areas.value = a.items
    definitions.value = d.items
    prefecture.value = a.items.find((x) => x.level === 'prefecture')?.code ?? ''
    const asked = new URLSearchParams(location.search)
    view.area = areaOf(asked.get('area') ?? '') ? asked.get('area')! : prefecture.value
    view.code = definitionOf(asked.get('code') ?? '') ? asked.get('code')! : (d.items.find((x) => x.number === 'E10') ?? d.items[0])!.code
    if (definitionOf(view.code, asked.get('variant') ?? '')) view.variant = asked.get('variant')!
    await readPeriods()
    view.period = /^\d{4}-\d{2}$/.test(asked.get('period') ?? '') ? asked.get('period')! : newest.value
    ready.value = true
    await load()
  })
}

async function readPeriods(): Promise<void> {
  const periods = await get<{ newest_with_records: string; current: string }>('/periods', { area: prefecture.value })
  newest.value = periods.newest_with_records
  current.value = periods.current
}

/** A page that was opened on an empty ledger goes to the month in which records appear. */
async function leaveEmptyMonth(): Promise<void> {
  await guard(readPeriods)
  if (newest.value !== current.value) view.period = newest.value
}

/** Reads the chosen area and what it is compared with; of only some codes where given. */
export async function load(codes: string[] = []): Promise<void> {
  if (!ready.value) return
  const code = codes.join(',')
  await guard(async () => {
    const { area, period } = view
    const below = childrenOf(area)
    const level = below[0]?.level
    const parent = level ? area : (areaOf(area)?.parent ?? '')
    const answers = await Promise.all([
      get<CellsAnswer>('/indicators', { area, period, code }),
      get<CellsAnswer>('/indicators', { area: parent, period, code, level: level ?? 'township' }),
    ])
    answers.forEach(keep)
    loaded.value = true
  })
}

export async function loadAlerts(): Promise<void> {
  await guard(async () => {
    alerts.value = (await get<{ items: Alert[] }>('/alerts', { area: prefecture.value })).items
  })
}

// Trends are asked for a few at a time.
const waiting: (() => Promise<void>)[] = []
let atWork = 0

export function wantTrend(code: string, variant: string, area: string, fresh = false): void {
  const key = keyOf(code, variant, area, view.period)
  if (trends.has(key) && !fresh) return
  if (!trends.has(key)) trends.set(key, [])
  const to = view.period
  waiting.push(async () => {
    const query = { area, to, from: addMonths(to, -11), variant }
    const answer = await get<CellsAnswer>(`/indicators/${code}/trend`, query).catch(() => null)
    if (answer) trends.set(key, answer.items)
    else setTimeout(() => wantTrend(code, variant, area, true), 3000)
  })
  void work()
}

async function work(): Promise<void> {
  while (atWork < 4 && waiting.length > 0) {
    atWork++
    const next = waiting.shift()!
    await next().finally(() => atWork--)
  }
}

// What changes while the page is open.
interface Notice {
  frontier: string
  slabs: { code: string; variant: string; period: string }[]
}

const stale = new Set<string>()
let timer: ReturnType<typeof setTimeout> | undefined

function refreshSoon(): void {
  timer ??= setTimeout(async () => {
    timer = undefined
    const codes = [...stale]
    stale.clear()
    if (isEmpty.value) await leaveEmptyMonth()
    await load(codes)
    for (const code of codes)
      for (const d of definitions.value.filter((x) => x.code === code)) {
        wantTrend(code, d.variant, view.area, true)
        if (code === view.code) for (const a of compared.value) wantTrend(code, d.variant, a.code, true)
      }
  }, 250)
}

/** Listens until the answer is called; a connection that is refused or lost is made anew. */
export function listen(): () => void {
  let source: EventSource | undefined
  let again: ReturnType<typeof setTimeout> | undefined
  const open = () => {
    clearTimeout(again)
    source?.close()
    source = new EventSource('/api/v1/live')
    source.addEventListener('hello', onHello)
    source.addEventListener('cells', onCells)
    source.addEventListener('alerts', () => void loadAlerts())
    source.onerror = () => {
      connected.value = false
      if (source?.readyState !== EventSource.CLOSED) return // the browser tries again by itself
      again = setTimeout(open, 3000)
      void guard(async () => void (await get('/session'))) // says so where the session has ended
    }
  }
  const wake = () => {
    if (!connected.value && !document.hidden) open()
  }
  open()
  addEventListener('online', wake)
  document.addEventListener('visibilitychange', wake)
  return () => {
    clearTimeout(again)
    source?.close()
    removeEventListener('online', wake)
    document.removeEventListener('visibilitychange', wake)
  }
}

function onHello(): void {
  if (!connected.value) {
    definitions.value.forEach((d) => stale.add(d.code)) // what was missed meanwhile
    refreshSoon()
    void loadAlerts()
  }
  connected.value = true
}

function onCells(e: Event): void {
  const n = JSON.parse((e as MessageEvent<string>).data) as Notice
  frontier.value = Math.max(frontier.value, Number(n.frontier))
  head.value = Math.max(head.value, frontier.value)
  const before = addMonths(view.period, -11)
  for (const s of n.slabs) if (isEmpty.value || (s.period >= before && s.period <= view.period)) stale.add(s.code)
  if (stale.size > 0) refreshSoon()
}

watch(
  () => [view.area, view.period, view.code, view.variant],
  ([area, period, code, variant], [oldArea, oldPeriod]) => {
    if (!ready.value) return
    const query = new URLSearchParams(location.search)
    query.set('area', area!)
    query.set('period', period!)
    query.set('code', code!)
    query.set('variant', variant!)
    history.replaceState(null, '', '?' + query.toString())
    if (area !== oldArea || period !== oldPeriod) void load()
  },
)
