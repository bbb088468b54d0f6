import { expect, it } from 'vitest'
import { address, asked, newest, view } from './view'

it('goes with the newest month until one is chosen', () => {
  newest.value = '2026-11'
  expect(view.period).toBe('2026-11')
  newest.value = '2022-11'
  expect(view.period).toBe('2022-11')
  view.chosen = '2022-10'
  newest.value = '2022-12'
  expect(view.period).toBe('2022-10')
})

it('writes only a chosen month into the address', () => {
  const seen = { area: '532600', code: 'elder-beds', variant: 'official', chosen: '', records: '' }
  expect(address('?lang=en', seen)).toBe('?lang=en&area=532600&code=elder-beds&variant=official')
  expect(address('?period=2022-10', { ...seen, chosen: '2022-11' })).toContain('period=2022-11')
  expect(address('?period=2022-10', seen)).not.toContain('period')
})

it('reads an address: its month is chosen, where it is one', () => {
  expect(asked('?area=532601&period=2022-10')).toEqual({ area: '532601', chosen: '2022-10', records: '' })
  expect(asked('?period=yesterday')).toEqual({ chosen: '', records: '' })
  expect(asked('?records=532601')).toEqual({ chosen: '', records: '532601' })
})
