import { expect, it, vi } from 'vitest'
import type { Content, SealedCell, SealedDefinition } from './publications'

vi.stubGlobal('location', { search: '?lang=en' })
const { baselineOf, changeOf, fileOf, goalOf, tableOf, publishedValue } = await import('./publications')

const d = (code: string, more: Partial<SealedDefinition> = {}) =>
  ({ code, variant: 'official', number: 'E01', decimals: 1, unit: '%', baseline: 0.66, target: 55, ...more }) as SealedDefinition
const c = (area: string, code: string, more: Partial<SealedCell> = {}) =>
  ({ area, code, variant: 'official', value: 1234.56, target: null, expected: 1, status: 'behind', complete: true, ...more }) as SealedCell
const areas = [['532600', 'prefecture'], ['532601', 'county'], ['532601001', 'township'], ['532622', 'county']].map(([code, level]) => ({ code, level }))

it('shows what the plan numbers, with the prefecture and the counties in order', () => {
  const content = {
    areas,
    definitions: [d('a'), d('b', { variant: 'operating' }), d('c', { number: undefined })],
    cells: [c('532622', 'a', { value: 2 }), c('532600', 'a'), c('532600', 'a', { variant: 'operating', value: 9 })],
  } as unknown as Content
  const t = tableOf(content)
  expect(t.counties.map((a) => a.code)).toEqual(['532601', '532622'])
  expect(t.rows.map((r) => [r.d.code, r.whole?.value, r.counties.map((x) => x?.value)])).toEqual([['a', 1234.56, [undefined, 2]]])
})

it('words a target by its kind; what was adopted comes before the plan', () => {
  expect([goalOf(d('a')), goalOf(d('a', { target_kind: 'floor' })), goalOf(d('a', { target_kind: 'above' })), goalOf(d('a', { target_kind: 'rise' }))]).toEqual(['55', '≥55', '>55', 'keep rising'])
  expect(goalOf(d('a'), c('532601', 'a', { target: 60 }))).toBe('60')
  expect(goalOf(d('a', { target: null }))).toBe('—')
  expect(baselineOf(d('a'))).toBe('0.66')
})

it('marks what was not complete', () => {
  expect(publishedValue(d('a'), c('532600', 'a'))).toBe('1,234.6')
  expect(publishedValue(d('a'), c('532600', 'a', { complete: false }))).toBe('1,234.6*')
  expect(publishedValue(d('a'), c('532600', 'a', { value: null, complete: false }))).toBe('—')
  expect(publishedValue(d('a'))).toBe('—')
})

it('names files as the server does', () => {
  expect(fileOf({ period: '2022-11', revision: 2 }, 'pdf')).toBe('careledger-2022-11-r2.pdf')
})

it('says what changed, with the decimals that tell it', () => {
  const v = { value: 45.47, target: 78, expected: 61.9, numerator: 5, denominator: 11, status: 'behind', complete: true } as const
  const change = (now: object | null) => changeOf({ area: '', code: '', variant: '', was: v, now: now && { ...v, ...now } }, 1)
  expect(change({ value: 45.6 })).toEqual({ was: '45.5', now: '45.6' })
  expect(change({ value: 45.48 })).toEqual({ was: '45.47', now: '45.48' })
  expect(change({ target: 80 })).toEqual({ was: 'Target 78.0', now: 'Target 80.0' })
  expect(change({ status: 'on_track' })).toEqual({ was: 'Behind', now: 'On track' })
  expect(change({ complete: false })).toEqual({ was: 'complete', now: 'not complete' })
  expect(change(null)).toEqual({ was: '45.5', now: '—' })
})
