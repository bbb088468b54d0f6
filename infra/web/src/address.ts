import { reactive, watch } from 'vue'

/** What a page looks at, by the names in its address. The address follows it, and it follows the browser's way back. */
export function addressed<K extends string>(...names: K[]): Record<K, string> {
  const at = reactive(read(location.search, names)) as Record<K, string>
  addEventListener('popstate', () => Object.assign(at, read(location.search, names)))
  watch(
    () => ({ ...at }),
    (now) => {
      const next = written(location.search, now)
      if (next !== location.search) history.pushState(null, '', location.pathname + next)
    },
  )
  return at
}

export function read<K extends string>(search: string, names: K[]): Record<K, string> {
  const query = new URLSearchParams(search)
  return Object.fromEntries(names.map((name) => [name, query.get(name) ?? ''])) as Record<K, string>
}

/** The address with these values; it keeps what else it held, and leaves out what is empty. */
export function written(search: string, values: Record<string, string>): string {
  const query = new URLSearchParams(search)
  for (const [name, value] of Object.entries(values)) {
    if (value) query.set(name, value)
    else query.delete(name)
  }
  const text = query.toString()
  return text && '?' + text
}
