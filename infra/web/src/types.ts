// The shapes of the API (see /openapi.json).

export type Status = 'ahead' | 'on_track' | 'behind' | 'no_target' | 'no_data'

export interface Target extends PlanTarget {
  unit: string
  expected: number | null
  status: Status
}

/** A target as the plan itself gives it. */
export interface PlanTarget {
  id: string
  official: boolean
  kind: string
  value: number
  baseline?: number
  baseline_on: string
  deadline: string
  steps?: { year: number; add: number }[]
  source: string
  areas?: Record<string, number>
}

export interface Cell {
  code: string
  area: string
  period: string
  month: string
  value: number | null
  unit: string
  numerator: number | null
  denominator: number | null
  definition: { version: number; variant: string }
  target: Target | null
  targets: Target[]
  expected: number | null
  status: Status
  words?: { zh: string; en: string }
  computed_at: string
  position: string
  complete: boolean
  period_closed: boolean
  records: number
}

export interface Forecast {
  code: string
  area: string
  variant: string
  unit: string
  deadline: string
  target: number | null
  history_until: string | null
  value: number | null
  low: number | null
  high: number | null
  level: number
  probability: number | null
  pace: number | null
  pace_needed: number | null
  reached_in: string | null
  back_test: { months: number; ahead: number; mae: number; coverage: number } | null
  silent: { zh: string; en: string } | null
}

export interface Definition {
  code: string
  number?: string
  variant: string
  version: number
  group: 'elder' | 'child'
  name: string
  name_zh: string
  unit: string
  decimals: number
  numerator: string
  numerator_zh: string
  denominator?: string
  denominator_zh?: string
  source: string
  targets?: PlanTarget[]
  /** Of which less is better; absent: more is. */
  direction?: 'down'
}

export interface Session {
  principal: { id: string; role: 'administrator' | 'caseworker' | 'analyst' | 'supervisor' }
  areas: string[]
}

export interface Area {
  code: string
  name: string
  name_en: string
  level: 'prefecture' | 'county' | 'township'
  parent: string
}

export interface Elder {
  id: string
  area: string
  area_name: string
  name: string
  id_number_masked: string
  sex: string
  birth_month: string
  circumstances: string[]
  last_visit_on: string | null
  revision: string
}

export interface Alert {
  id: string
  code: string
  variant: string
  area: string
  period: string
  state: string
  raised_at: string
  value: number | null
  expected: number | null
  unit: string
  reason: string
}

export interface Receipt {
  status: 'accepted' | 'duplicate'
  id: string
  stream: string
  revision: string
  command_id: string
  doubts: string[]
}

export interface Problem {
  status: number
  code: string
  detail: string
  detail_zh: string
  errors?: { pointer: string; detail: string; detail_zh: string }[]
}

export interface Standing {
  head: string
  log: string
  bus: string
  warehouse: string
  prefectures: PrefectureStanding[]
}

export interface PrefectureStanding {
  code: string
  name: string
  name_en: string
  frontier: string
  head: string
  behind_events: number
  lag_seconds: number
  parked: number
  projection: {
    serving: number
    previous: number
    building: number
    paused: boolean
    projected: string
    head: string
    estimated_seconds: number | null
  }
  longest_silent: { area: string; name: string; name_en: string; silent_seconds: number | null } | null
}

export interface AreaSilence {
  area: string
  recorded_at: string | null
  silent_seconds: number | null
  devices: number
}

export interface DeviceSilence {
  device: string
  area: string
  recorded_at: string
  silent_seconds: number
}
