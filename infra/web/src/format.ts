/** A number with its decimals, or up to more of them, and thousands, or a dash. */
export function number(value: number | null | undefined, decimals = 0, most = decimals): string {
  if (value === null || value === undefined) return '—'
  return value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: most })
}

type Beside = { value?: number | null; expected?: number | null } | undefined

/** With how many decimals at most a value and what is expected of it are written, as the server's words do: enough to tell them apart. */
function places(c: Beside, decimals: number): { value: number; expected: number } {
  let [value, expected] = [decimals, Math.max(1, decimals)]
  if (c?.value == null || c.expected == null || c.value === c.expected) return { value, expected }
  for (let n = expected + 1; n <= 6 && number(c.value, 0, value) === number(c.expected, 0, expected); n++) value = expected = n
  return { value, expected }
}

export const valueOf = (c: Beside, decimals = 0): string => number(c?.value, decimals, places(c, decimals).value)
export const expectedOf = (c: Beside, decimals = 0): string => number(c?.expected, decimals, places(c, decimals).expected)

export function addMonths(period: string, n: number): string {
  const [y, m] = period.split('-').map(Number)
  const months = y! * 12 + m! - 1 + n
  return `${Math.floor(months / 12)}-${String((months % 12) + 1).padStart(2, '0')}`
}

/** The last month of a period: 2022-11, 2022-Q4, 2022, SY2022 (to August) or MCH2022 (to September). */
export function lastMonth(period: string): string {
  const quarter = /^(\d{4})-Q([1-4])$/.exec(period)
  if (quarter) return `${quarter[1]}-${String(3 * Number(quarter[2])).padStart(2, '0')}`
  if (period.startsWith('SY')) return `${Number(period.slice(2)) + 1}-08`
  if (period.startsWith('MCH')) return `${period.slice(3)}-09`
  return period.length === 4 ? `${period}-12` : period
}

export function months(from: string, to: string): string[] {
  const all: string[] = []
  for (let p = from; p <= to; p = addMonths(p, 1)) all.push(p)
  return all
}

/** How many months after a period another, or the one that holds a day, begins. */
export function monthsBetween(from: string, to: string): number {
  const [a, b] = [from, to].map((p) => Number(p.slice(0, 4)) * 12 + Number(p.slice(5, 7)))
  return b! - a!
}

export function lastDay(period: string): string {
  const [y, m] = period.split('-').map(Number)
  return `${period}-${String(new Date(Date.UTC(y!, m!, 0)).getUTCDate()).padStart(2, '0')}`
}

/** The day of a form: today inside the chosen month, else the month's last day. */
export function defaultDay(period: string, today: string): string {
  return today.startsWith(period) ? today : lastDay(period)
}

/** Today in the plan's time zone, whatever the browser's. */
export function today(now = new Date()): string {
  return new Date(now.getTime() + 8 * 3600_000).toISOString().slice(0, 10)
}

export interface Point {
  x: number
  y: number
}

/** Places values in a box of w × h with a margin; months without a value leave a gap. */
export function plot(values: (number | null)[], low: number, high: number, w: number, h: number, margin = 3): (Point | null)[] {
  const span = high - low || 1
  const step = values.length > 1 ? (w - 2 * margin) / (values.length - 1) : 0
  return values.map((v, i) => (v === null ? null : { x: margin + i * step, y: h - margin - ((v - low) / span) * (h - 2 * margin) }))
}

export function path(points: (Point | null)[]): string {
  let drawing = false
  return points
    .map((p) => {
      if (!p) {
        drawing = false
        return ''
      }
      const command = `${drawing ? 'L' : 'M'}${p.x.toFixed(1)} ${p.y.toFixed(1)}`
      drawing = true
      return command
    })
    .join('')
}

const spans: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
]

/** How long ago something was, in the largest unit of which there are two. */
export function ago(seconds: number, language: string): string {
  const [unit, length] = spans.find(([, l]) => seconds >= 2 * l) ?? spans.at(-1)!
  return new Intl.RelativeTimeFormat(language).format(-Math.floor(seconds / length), unit)
}

/** A time of two or three figures: 1.5 s, 40 s, 12 min, 3.2 h. */
export function duration(seconds: number, language: string): string {
  const [unit, length] = spans.slice(1).find(([, l]) => seconds >= 2 * l) ?? spans.at(-1)!
  const value = seconds / length
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: value < 10 ? 1 : 0 }).format(value)
}

/** A moment in the plan's time zone, to the minute. */
export function moment(at: string, language: string): string {
  return new Date(at).toLocaleString(language === 'zh' ? 'zh-CN' : 'en-GB', { timeZone: 'Asia/Shanghai', dateStyle: 'medium', timeStyle: 'short' })
}
