import { expect, it, vi } from 'vitest'
import type { Cell, Definition } from './types'

vi.stubGlobal('location', { search: '?lang=en' })
const { deeds, goal, inForce, lineOf, perHead, stepsOf, sumOf } = await import('./targets')

const said = (of: string, value: number | null, effective_on: string) => ({
  code: 'beds', target: 't', of, value: value ?? 0, withdrawn: value === null, effective_on, reason: '', recorded_at: '',
})
const held = (of: string) => ({ code: 'beds', target: 't', of })
const plan = { id: 't', official: true, kind: 'reach', value: 100, baseline_on: '2020-12-31', deadline: '2025-12-31', source: '', areas: { '532602': 7 } }
const beds = { code: 'beds', unit: 'beds', decimals: 0, targets: [plan] } as unknown as Definition
const share = { ...beds, code: 'share', unit: '%', denominator: 'of what' } as Definition
const cell = (area: string, value?: number) => ({ area, targets: value === undefined ? [] : [{ ...plan, value, expected: value / 2 }] }) as unknown as Cell

it('takes what was said last for the newest day that has come', () => {
  const history = [said('a', 10, '2022-01-01'), said('a', 12, '2023-01-01'), said('a', 11, '2022-01-01'), said('b', 9, '2022-01-01')]
  expect(inForce(history, held('a'), '2022-11-30')?.value).toBe(11)
  expect(inForce(history, held('a'), '2023-01-31')?.value).toBe(12)
  expect(inForce(history, held('a'), '2021-12-31')).toBeUndefined()
})

it('says what each event did, the newest first', () => {
  const history = [said('a', 10, '2022-01-01'), said('a', 12, '2023-01-01'), said('a', null, '2024-01-01'), said('a', 13, '2024-02-01'), said('b', null, '2022-01-01')]
  expect(deeds(history).map((s) => s.deed)).toEqual(['withdrawn', 'adopted', 'withdrawn', 'revised', 'adopted'])
})

it('says by what a target is asked of an area', () => {
  const history = [said('532601', 12, '2022-01-01'), said('532603', null, '2022-01-01')]
  const of = (area: string, value?: number, d = beds) => lineOf(d, 't', cell(area, value), '532600', history, '2022-11-30')
  expect([of('532600', 100).origin, of('532601', 11).origin, of('532602', 7).origin, of('532603').origin, of('532604', 5).origin, of('532605').origin]).toEqual(
    ['own', 'adopted', 'named', 'withdrawn', 'allotted', 'none'],
  )
  expect(of('532604', 55, share).origin).toBe('inherited')
  expect(of('532601', 11).value).toBe(12) // the log knows before the numbers do
})

it('says who stands above the average, and whether the parts make the whole', () => {
  const lines = [cell('a', 60), cell('b', 40), cell('c')].map((c) => lineOf(beds, 't', c, 'root', [], '2022-11-30'))
  const allotment = { by: 'population', whole: 100, source: '', parts: ['a', 'b'].map((area) => ({ area, people: 1000, value: 0, per_head: 0, average: 0 })) }
  const each = perHead(lines, allotment)
  expect(each.average).toBeCloseTo(0.05)
  expect(each.lines.map((l) => [l.perHead, l.above])).toEqual([[0.06, true], [0.04, false], [undefined, false]])
  expect(perHead(lines, null)).toEqual({ average: 0, lines })

  const whole = lineOf(beds, 't', cell('root', 100), 'root', [], '2022-11-30')
  expect(sumOf(beds, whole, lines)).toEqual({ sum: 100, off: 0, without: 1 })
  expect(sumOf(beds, { ...whole, value: 90 }, lines)?.off).toBe(10)
  expect(sumOf(share, whole, lines)).toBeUndefined() // shares do not add up
})

it('leads the yearly steps to the target', () => {
  expect(stepsOf({ ...plan, steps: [{ year: 2024, add: 30 }, { year: 2025, add: 20 }] })).toEqual([
    { year: 2024, add: 30, reached: 80 },
    { year: 2025, add: 20, reached: 100 },
  ])
  expect(stepsOf(plan)).toEqual([])
})

it('says what is asked for by its kind', () => {
  expect(goal(plan, beds)).toBe('100 beds by 2025')
  expect(goal({ ...plan, kind: 'floor', value: 97 }, share)).toBe('at least 97 % all the time')
  expect(goal({ ...plan, kind: 'floor', value: 20 }, { ...share, direction: 'down' })).toBe('at most 20 % all the time')
  expect(goal({ ...plan, kind: 'rise' }, share)).toBe('keep rising')
})
