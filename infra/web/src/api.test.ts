import { expect, it } from 'vitest'
import { persist, Refusal } from './api'

const refused = (status: number) => new Refusal({ status, code: 'x', detail: '', detail_zh: '' })
const open = new AbortController().signal

/** Work that is refused with each status in turn, and then done. */
function failing(...statuses: number[]) {
  return async () => {
    const status = statuses.shift()
    if (status !== undefined) throw refused(status)
    return 'done'
  }
}

it('tries again while the server cannot be reached or is busy', async () => {
  const waited: number[] = []
  let again = 0
  const wait = async (ms: number) => void waited.push(ms)
  expect(await persist(failing(0, 503, 429), () => again++, open, wait)).toBe('done')
  expect(waited).toEqual([1000, 2000, 4000])
  expect(again).toBe(3)
})

it('does not repeat what was refused for what it says', async () => {
  await expect(persist(failing(422), () => {}, open)).rejects.toThrow(Refusal)
})

it('gives up after a minute, or when nobody waits any more', async () => {
  const wait = async () => {}
  await expect(persist(failing(...Array(99).fill(0)), () => {}, open, wait)).rejects.toThrow(Refusal)
  const left = new AbortController()
  left.abort()
  await expect(persist(failing(0), () => {}, left.signal, wait)).rejects.toThrow(Refusal)
})
