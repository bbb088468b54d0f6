import { ref, watch } from 'vue'
import { get, Refusal } from './api'
import { behind, cellOf } from './board'
import { view } from './view'
import type { Forecast } from './types'

/** Of the chosen indicator in the chosen area, from the months up to the chosen one. */
export const forecast = ref<Forecast | null>(null)

/** Keeps it with what is looked at, and reads it again when the number moves or the numbers have caught up. */
export function followForecast(): void {
  watch(
    () => [view.code, view.variant, view.area, view.period, cellOf(view.code, view.variant, view.area)?.value, behind.value > 0],
    async (now, was) => {
      const [code, variant, area, until] = now as [string, string, string, string]
      if (!was || now.slice(0, 4).some((x, i) => x !== was[i])) forecast.value = null
      if (!code || !until) return
      try {
        const { items } = await get<{ items: Forecast[] }>(`/indicators/${code}/forecast`, { area, variant, until })
        if (code === view.code && variant === view.variant && area === view.area && until === view.period) forecast.value = items[0] ?? null
      } catch (e) {
        if (!(e instanceof Refusal)) throw e // without one the page says less, not something wrong
      }
    },
    { immediate: true },
  )
}
