import { describe, expect, it } from 'vitest'
import { addMonths, defaultDay, difference, lastDay, months, number, path, plot, today } from './format'

describe('numbers', () => {
  it('have their decimals and thousands', () => expect(number(10324.04, 1)).toBe('10,324.0'))
  it('differ by what whoever subtracts the shown ones gets', () => {
    expect(number(difference(52.01, 61.96, 1), 1)).toBe('-10.0')
    expect(number(difference(52.01, 61.96, 2), 2)).toBe('-9.95')
  })
  it('without data are a dash', () => expect(number(null)).toBe('—'))
})

describe('months', () => {
  it('go over the turn of the year both ways', () => {
    expect(addMonths('2022-12', 1)).toBe('2023-01')
    expect(addMonths('2022-01', -1)).toBe('2021-12')
  })
  it('are listed inclusively', () => expect(months('2021-12', '2022-02')).toEqual(['2021-12', '2022-01', '2022-02']))
  it('know their last day, leap years too', () => {
    expect(lastDay('2022-11')).toBe('2022-11-30')
    expect(lastDay('2024-02')).toBe('2024-02-29')
  })
})

describe('the day of a form', () => {
  it('is today inside the chosen month', () => expect(defaultDay('2022-11', '2022-11-04')).toBe('2022-11-04'))
  it('is the last day of another month', () => expect(defaultDay('2022-11', '2026-11-24')).toBe('2022-11-30'))
  it('is counted in the time zone of the plan', () => expect(today(new Date('2022-11-30T17:00:00Z'))).toBe('2022-12-01'))
})

describe('a line', () => {
  it('leaves a gap where there is no value', () => {
    expect(path(plot([0, null, 1], 0, 1, 100, 50, 0))).toBe('M0.0 50.0M100.0 0.0')
  })
})
