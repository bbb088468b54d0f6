import { reactive, watch } from 'vue'
import { get, Refusal } from './api'
import { addMonths } from './format'
import { Queue } from './queue'
import { view } from './view'
import type { Cell } from './types'

interface Trend {
  code: string
  variant: string
  area: string
  cells: Cell[]
}

/** Of the chosen month only, and only those that a line on the page has asked for. */
const trends = reactive(new Map<string, Trend>())
const queue = new Queue(4) // a browser opens six connections to a server; one listens, one is left for the figures
const retryAfter = 3000 // ms

const keyOf = (code: string, variant: string, area: string) => [code, variant, area].join('/')

export const trendOf = (code: string, variant: string, area: string): Cell[] | undefined => trends.get(keyOf(code, variant, area))?.cells

/** Reads the twelve months up to the chosen one, once. */
export function wantTrend(code: string, variant: string, area: string): void {
  const key = keyOf(code, variant, area)
  if (trends.has(key)) return
  trends.set(key, { code, variant, area, cells: [] })
  read(key)
}

/** Reads again those trends of the codes that the page shows. */
export function refreshTrends(codes: string[], areas: string[]): void {
  for (const [key, trend] of trends) if (codes.includes(trend.code) && areas.includes(trend.area)) read(key)
}

function read(key: string): void {
  const period = view.period
  const asked = trends.get(key)!
  queue.add(key, async () => {
    const { code, variant, area } = asked
    try {
      const query = { area, variant, from: addMonths(period, -11), to: period }
      const { items } = await get<{ items: Cell[] }>(`/indicators/${code}/trend`, query)
      if (period === view.period) asked.cells = items
    } catch (e) {
      if (!(e instanceof Refusal)) throw e
      if (e.problem.status === 0 || e.problem.status >= 500) setTimeout(() => period === view.period && read(key), retryAfter)
    }
  })
}

watch(
  () => view.period,
  () => {
    queue.clear()
    trends.clear()
  },
  { flush: 'sync' },
)
