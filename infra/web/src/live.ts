import { watch } from 'vue'
import { get } from './api'
import { behind, compared, connected, definitions, followNewest, guard, heard, isEmpty, load, loadAlerts, problem } from './board'
import { addMonths } from './format'
import { refreshTrends } from './trends'
import { view } from './view'

interface Notice {
  frontier: string
  slabs: { code: string; variant: string; period: string }[]
}

interface Stand {
  log?: string
  frontier?: string
  head: string
}

const gatherFor = 250 // ms; what changes meanwhile is read once
const againAfter = 3000 // ms

/** Listens for what changes while the page is open, until the answer is called; a connection that is refused or lost is made anew. */
export function listen(): () => void {
  let source: EventSource | undefined
  let again: ReturnType<typeof setTimeout> | undefined
  const open = () => {
    clearTimeout(again)
    source?.close()
    source = new EventSource('/api/v1/live')
    source.addEventListener('hello', onHello)
    source.addEventListener('cells', onCells)
    source.addEventListener('head', (e) => heard(JSON.parse((e as MessageEvent<string>).data) as Stand))
    source.addEventListener('alerts', () => void loadAlerts())
    source.onerror = () => {
      connected.value = false
      if (source?.readyState !== EventSource.CLOSED) return // the browser tries again by itself
      again = setTimeout(open, againAfter)
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

const stale = new Set<string>()
let timer: ReturnType<typeof setTimeout> | undefined

function refreshSoon(wait = gatherFor): void {
  timer ??= setTimeout(async () => {
    const codes = [...stale]
    stale.clear()
    await followNewest()
    const read = codes.length === 0 || (await load(codes))
    if (read) refreshTrends(codes, [view.area, ...compared.value.map((a) => a.code)])
    else codes.forEach((code) => stale.add(code))
    timer = undefined
    if (stale.size > 0 && problem.value?.status !== 401) refreshSoon(read ? gatherFor : againAfter)
  }, wait)
}

/** While the numbers are behind, asks how far they are: what is counted without changing a cell brings no notice. */
let asking = false
watch(behind, async () => {
  if (asking) return
  asking = true
  while (behind.value > 0) {
    await new Promise((done) => setTimeout(done, againAfter))
    const status = await get<{ prefectures: Stand[] }>('/status').catch(() => null)
    status?.prefectures.forEach((p) => heard(p, true))
  }
  asking = false
})

let log = ''

function onHello(e: Event): void {
  const stand = JSON.parse((e as MessageEvent<string>).data) as Stand
  if (log && stand.log !== log) return location.reload() // a restored log: what the page holds is of another one
  log = stand.log ?? ''
  heard(stand, true)
  if (!connected.value) {
    definitions.value.forEach((d) => stale.add(d.code)) // what was missed meanwhile
    refreshSoon()
    void loadAlerts()
  }
  connected.value = true
}

function onCells(e: Event): void {
  const notice = JSON.parse((e as MessageEvent<string>).data) as Notice
  heard({ frontier: notice.frontier, head: notice.frontier }, true)
  const before = addMonths(view.period, -11)
  for (const s of notice.slabs) if (isEmpty.value || (s.period >= before && s.period <= view.period)) stale.add(s.code)
  if (stale.size > 0 || (!view.chosen && notice.slabs.length > 0)) refreshSoon()
}
