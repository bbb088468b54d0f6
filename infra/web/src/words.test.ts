import { expect, it, vi } from 'vitest'

vi.stubGlobal('location', { search: '?lang=en' })
const { amount, dictionary, figure, fill } = await import('./words')

it('writes stated numbers as they are, computed ones with the digits that say something', () => {
  expect([17850, 34.15, 0.66, 20.8036, 0.9603, -6].map(figure)).toEqual(['17,850', '34.15', '0.66', '20.8', '0.96', '−6'])
  expect([amount(35, '‰'), amount(9, '')]).toEqual(['35 ‰', '9'])
})

it('knows its own words, then those of the page', () => {
  const w = dictionary({ area: ['地', 'Place'] })
  expect([w('area'), w('close'), w('elsewhere')]).toEqual(['Place', 'Close', 'elsewhere'])
})

it('fills the places of a sentence, and leaves those that nothing is given for', () => {
  expect(fill('{n} of {all}', { n: 0 })).toBe('0 of {all}')
})
