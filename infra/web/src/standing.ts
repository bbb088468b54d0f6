import { ref } from 'vue'
import { get, Refusal } from './api'
import type { AreaSilence, DeviceSilence, Problem, Standing } from './types'

interface FreshnessAnswer {
  items: AreaSilence[]
  devices: DeviceSilence[] | null
  next: string
}

/** How the server stands; null until it has been asked. */
export const standing = ref<Standing | null>(null)
export const askedAt = ref<Date | null>(null)
/** Why the server could not be asked just now. */
export const refused = ref<Problem | null>(null)

/** The area whose silence is shown, then those below it. */
export const silences = ref<AreaSilence[]>([])
/** null: who is signed in may not see what devices are called. */
export const devices = ref<DeviceSilence[] | null>([])
export const more = ref('')
/** Why the warehouse could not be asked just now. */
export const silent = ref<Problem | null>(null)

async function ask(into: typeof refused, work: () => Promise<void>): Promise<void> {
  try {
    await work()
    into.value = null
  } catch (e) {
    if (!(e instanceof Refusal)) throw e
    into.value = e.problem
  }
}

export const readStanding = () =>
  ask(refused, async () => {
    standing.value = await get<Standing>('/status')
    askedAt.value = new Date()
  })

/** Reads the silence of an area, and as many devices as are shown. */
export const readSilence = (area: string, shown = 0) =>
  ask(silent, async () => {
    const limit = String(Math.min(200, Math.max(firstPage, shown)))
    wanted = area
    const answer = await get<FreshnessAnswer>('/freshness', { area, limit })
    if (wanted !== area) return // another area was chosen meanwhile
    silences.value = answer.items
    devices.value = answer.devices
    more.value = answer.next
  })

export const readMore = (area: string) =>
  ask(silent, async () => {
    const answer = await get<FreshnessAnswer>('/freshness', { area, cursor: more.value, limit: String(firstPage) })
    devices.value = [...(devices.value ?? []), ...(answer.devices ?? [])]
    more.value = answer.next
  })

const firstPage = 20
let wanted = ''
