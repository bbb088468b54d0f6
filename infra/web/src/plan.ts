import { ref } from 'vue'
import { get } from './api'
import { areas, definitions, guard, prefecture, readPeriods } from './board'
import type { Area, Definition, Session } from './types'

// What the pages about the plan begin with.

export const session = ref<Session | null>(null)

/** Reads areas, indicators, months and who is signed in. Answers whether it was read. */
export const beginPlan = (): Promise<boolean> =>
  guard(async () => {
    const [a, d, s] = await Promise.all([
      get<{ items: Area[] }>('/areas'),
      get<{ items: Definition[] }>('/indicator-definitions'),
      get<Session>('/session'),
    ])
    areas.value = a.items
    definitions.value = d.items
    session.value = s
    prefecture.value = a.items.find((x) => x.level === 'prefecture')?.code ?? ''
    await readPeriods()
  })

/** Whether one of these roles for the whole prefecture is signed in. The server decides; this spares a refusal. */
export function holds(...roles: Session['principal']['role'][]): boolean {
  const s = session.value
  return !!s && roles.includes(s.principal.role) && (s.areas.length === 0 || s.areas.includes(prefecture.value))
}
