import { expect, it, vi } from 'vitest'

vi.stubGlobal('location', { search: '?lang=en' })
const { behind, frontier, heard, head } = await import('./board')

it('is behind while the numbers stand below the head of the log, also where they are counted anew', async () => {
  heard({ frontier: '70', head: '70' })
  await new Promise((done) => setTimeout(done))
  expect(head.value).toBe(70)
  heard({ frontier: '60', head: '70' }) // an answer that came late
  expect(behind.value).toBe(0)
  heard({ frontier: '12', head: '12' }, true) // a notice of a projection that began anew
  expect(behind.value).toBe(58)
  heard({ frontier: '71', head: '71' }, true)
  expect(frontier.value).toBe(71)
  expect(behind.value).toBe(0)
})
