import { expect, it, vi } from 'vitest'

vi.stubGlobal('location', { search: '?lang=en' })
const { amounts, typeName, w } = await import('./records')

it('writes what a line adds to both sides of a share', () => {
  expect(amounts({ numerator: 1, denominator: 1 }, true, false)).toBe('1 / 1')
  expect(amounts({ numerator: 10324, denominator: 0 }, false, false)).toBe('10,324')
  expect(amounts({ numerator: -1, denominator: 0 }, false, false)).toBe('−1') // takes away
})

it('signs what a line changes', () => {
  expect(amounts({ numerator: 1, denominator: 0 }, true, true)).toBe('+1 / 0')
  expect(amounts({ numerator: -30, denominator: 0 }, false, true)).toBe('−30')
})

it('names events and kinds in both languages, and what it does not know as it is', () => {
  expect(typeName('HomeVisitLogged.v1', 'zh')).toBe('登记探访')
  expect(typeName('HomeVisitLogged.v2', 'en')).toBe('Visit logged')
  expect(typeName('FromTheFuture.v9', 'en')).toBe('FromTheFuture')
  expect(w('elder', 'zh')).toBe('老年人')
})
