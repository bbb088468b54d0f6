import { reactive, watch } from 'vue'

/** What is looked at. The address of the page says the same, so that it can be sent, kept and gone back to. */
export const view = reactive({ area: '', period: '', code: '', variant: 'official' })

/** Whether the address may be written yet: not before the page has read it. */
let following = false

/** What the address asks for; each may be absent. */
export function asked(): Partial<typeof view> {
  const query = new URLSearchParams(location.search)
  return Object.fromEntries(Object.keys(view).flatMap((k) => (query.has(k) ? [[k, query.get(k)!]] : [])))
}

/** From now on the address follows the view, and the view the browser's way back. Called once. */
export function follow(): void {
  following = true
  write(true)
  addEventListener('popstate', () => Object.assign(view, asked()))
}

function write(inPlace: boolean): void {
  const query = new URLSearchParams(location.search)
  for (const [k, v] of Object.entries(view)) query.set(k, v)
  const address = '?' + query.toString()
  if (address === location.search) return
  if (inPlace) history.replaceState(null, '', address)
  else history.pushState(null, '', address)
}

// Going to another area is a step that one goes back from; another month or indicator is not.
watch(
  () => ({ ...view }),
  (now, was) => {
    if (following) write(now.area === was.area)
  },
)
