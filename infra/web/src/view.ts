import { reactive, ref, watch } from 'vue'

/** The newest month that a whole county has records of. */
export const newest = ref('')

/** What is looked at. The address of the page says the same, so that it can be sent, kept and gone back to. */
export const view = reactive({
  area: '',
  code: '',
  variant: 'official',
  /** The month that was chosen: by the picker, the arrows, an alert or the address. Empty: the page goes with the newest. */
  chosen: '',
  /** The area of the number whose records are open; empty: none are. */
  records: '',
  get period(): string {
    return this.chosen || newest.value
  },
})

type Asked = Pick<typeof view, 'area' | 'code' | 'variant' | 'chosen' | 'records'>

/** Whether the address may be written yet: not before the page has read it. */
let following = false

/** What an address asks for; all but the month and the records may be absent. */
export function asked(search: string): Partial<Asked> & { chosen: string; records: string } {
  const query = new URLSearchParams(search)
  const has = (k: string) => (query.has(k) ? { [k]: query.get(k)! } : {})
  const month = query.get('period') ?? ''
  return { ...has('area'), ...has('code'), ...has('variant'), chosen: /^\d{4}-(0[1-9]|1[0-2])$/.test(month) ? month : '', records: query.get('records') ?? '' }
}

/** The address of a view, which keeps what else it held. A month that nobody chose is not in it. */
export function address(search: string, { area, code, variant, chosen, records }: Asked): string {
  const query = new URLSearchParams(search)
  for (const [k, v] of Object.entries({ area, period: chosen, code, variant, records })) {
    if (v) query.set(k, v)
    else query.delete(k)
  }
  return '?' + query.toString()
}

/** From now on the address follows the view, and the view the browser's way back. Called once. */
export function follow(): void {
  following = true
  write(true)
  addEventListener('popstate', () => Object.assign(view, asked(location.search)))
}

function write(inPlace: boolean): void {
  const now = address(location.search, view)
  if (now === location.search) return
  if (inPlace) history.replaceState(null, '', now)
  else history.pushState(null, '', now)
}

// Going to another area, or to what is behind a number, is a step that one goes back from; another month or indicator is not.
watch(
  () => ({ area: view.area, code: view.code, variant: view.variant, chosen: view.chosen, records: view.records }),
  (now, was) => {
    if (following) write(now.area === was.area && (now.records === was.records || !now.records))
  },
)
