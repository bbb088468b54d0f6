import { expect, it } from 'vitest'
import { read, written } from './address'

it('reads the names it is asked for', () => {
  expect(read('?code=elder-beds&lang=en', ['code', 'area'])).toEqual({ code: 'elder-beds', area: '' })
})

it('writes what is set, leaves out what is not, and keeps the rest', () => {
  expect(written('?lang=en&open=1', { open: '2' })).toBe('?lang=en&open=2')
  expect(written('?open=1', { open: '' })).toBe('')
  expect(written('?lang=en&open=1', { open: '' })).toBe('?lang=en')
})
