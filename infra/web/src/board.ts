import { computed, reactive, ref, watch } from 'vue'
import { get, Refusal } from './api'
import { language } from './i18n'
import { asked, follow, newest, view } from './view'
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

const cells = reactive(new Map<string, Cell>())
const changed = reactive(new Set<string>())

const keyOf = (code: string, variant: string, area: string, month: string) => [code, variant, area, month].join('/')

export const definitionOf = (code: string, variant = 'official') =>
  definitions.value.find((d) => d.code === code && d.variant === variant)
export const areaOf = (code: string) => areas.value.find((a) => a.code === code)
/** An area's name in the page's language; the Chinese one where it has no English. */
export const nameOf = (a?: Area) => (language.value === 'en' && a?.name_en) || a?.name || ''
export const childrenOf = (code: string) => areas.value.filter((a) => a.parent === code)
export const cellOf = (code: string, variant: string, area: string): Cell | undefined =>
  cells.get(keyOf(code, variant, area, view.period))

/** The plan's first month, and the one that runs. */
export const first = ref('')
export const current = ref('')
const loaded = ref(false)
/** Nothing has been recorded yet: no month has records, and none of what was read has a value. */
export const isEmpty = computed(
  () => loaded.value && newest.value === current.value && [...cells.values()].every((c) => c.value === null),
)
export const behind = computed(() => Math.max(0, head.value - frontier.value))

const onItsWay = 2000 // ms in which numbers follow a record without being behind

/**
 * Takes how far the numbers are and how far the log. A head counts once the numbers have had time to follow. What comes
 * in order may say that the numbers are further back than they were: they are being counted anew.
 */
export function heard(stand: { frontier?: string; head: string }, inOrder = false): void {
  const reached = Number(stand.frontier ?? frontier.value)
  frontier.value = inOrder ? reached : Math.max(frontier.value, reached)
  const newer = Number(stand.head)
  if (newer > head.value) setTimeout(() => (head.value = Math.max(head.value, newer)), ready.value ? onItsWay : 0)
}

/** The areas that the right-hand side compares: below the chosen area, or its siblings where nothing is below. */
export const compared = computed(() => {
  const below = childrenOf(view.area)
  return below.length > 0 ? below : childrenOf(areaOf(view.area)?.parent ?? '')
})

/** Does work, says on the page what was refused, and answers whether it was done. */
export async function guard(work: () => Promise<void>): Promise<boolean> {
  try {
    await work()
    problem.value = null
    return true
  } catch (e) {
    if (!(e instanceof Refusal)) throw e
    problem.value = e.problem
    return false
  }
}

function keep(answer: CellsAnswer): void {
  heard(answer)
  for (const c of answer.items) {
    const key = keyOf(c.code, c.definition.variant, c.area, c.month)
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
    const want = asked(location.search)
    view.area = areaOf(want.area ?? '') ? want.area! : prefecture.value
    view.code = definitionOf(want.code ?? '') ? want.code! : (d.items.find((x) => x.number === 'E10') ?? d.items[0])!.code
    if (definitionOf(view.code, want.variant)) view.variant = want.variant ?? 'official'
    await readPeriods()
    view.chosen = want.chosen
    view.records = areaOf(want.records) ? want.records : ''
    follow()
    ready.value = true
    await load()
  })
}

/** Reads which months there are. */
export async function readPeriods(): Promise<void> {
  const periods = await get<{ newest_with_records: string; current: string; first: string }>('/periods', { area: prefecture.value })
  newest.value = periods.newest_with_records
  current.value = periods.current
  first.value = periods.first
}

/** A page on which no month was chosen goes with the newest that a whole county has records of. */
export async function followNewest(): Promise<void> {
  if (!view.chosen) await guard(readPeriods)
}

/** Reads the chosen area and what it is compared with; of only some codes where given. Answers whether it was read. */
export async function load(codes: string[] = []): Promise<boolean> {
  if (!ready.value) return true
  const code = codes.join(',')
  return guard(async () => {
    const { area, period } = view
    const below = childrenOf(area)
    const level = below[0]?.level
    const parent = level ? area : (areaOf(area)?.parent ?? '')
    const answers = await Promise.all([
      get<CellsAnswer>('/indicators', { area, period, code }),
      get<CellsAnswer>('/indicators', { area: parent, period, code, level: level ?? 'township' }),
    ])
    for (const [key, c] of cells) if (c.month !== view.period) cells.delete(key)
    answers.forEach(keep)
    loaded.value = true
  })
}

export async function loadAlerts(): Promise<void> {
  await guard(async () => {
    alerts.value = (await get<{ items: Alert[] }>('/alerts', { area: prefecture.value })).items
  })
}

watch(
  () => [view.area, view.period],
  () => void load(),
)
