import { describe, expect, it } from 'vitest'
import { addMonths, ago, defaultDay, duration, expectedOf, lastDay, lastMonth, moment, months, monthsBetween, number, path, plot, today, valueOf } from './format'

describe('numbers', () => {
  it('have their decimals and thousands', () => expect(number(10324.04, 1)).toBe('10,324.0'))
  it('without data are a dash', () => expect(number(null)).toBe('—'))
  it.each([
    [0, 3, 3.4452, '3', '3.4'], [0, 10324, 11522.6027, '10,324', '11,522.6'], [0, 100, 100, '100', '100'], [0, 3, 3.02, '3', '3.02'],
    [1, 96.96, 97, '96.96', '97.0'], [2, 52, 61.95288, '52.00', '61.95'], [1, null, 61.95, '—', '62.0'],
  ])('with %i decimals tell %d from what is expected, %d', (decimals, value, expected, a, b) => {
    expect([valueOf({ value, expected }, decimals), expectedOf({ value, expected }, decimals)]).toEqual([a, b])
  })
})

describe('months', () => {
  it('go over the turn of the year both ways', () => {
    expect(addMonths('2022-12', 1)).toBe('2023-01')
    expect(addMonths('2022-01', -1)).toBe('2021-12')
  })
  it('are listed inclusively', () => expect(months('2021-12', '2022-02')).toEqual(['2021-12', '2022-01', '2022-02']))
  it('are so many before a day', () => {
    expect(monthsBetween('2022-11', '2025-12-31')).toBe(37)
    expect(monthsBetween('2022-11', '2022-11')).toBe(0)
  })
  it('end a longer period', () => {
    expect(['2022-11', '2022-Q1', '2022-Q4', '2022', 'SY2022', 'MCH2022'].map(lastMonth)).toEqual([
      '2022-11', '2022-03', '2022-12', '2022-12', '2023-08', '2022-09',
    ])
  })
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

describe('silence', () => {
  it('is said in the largest unit of which there are two', () => {
    expect(ago(1, 'en')).toBe('1 second ago')
    expect(ago(119, 'en')).toBe('119 seconds ago')
    expect(ago(130, 'en')).toBe('2 minutes ago')
    expect(ago(172_800, 'en')).toBe('2 days ago')
    expect(ago(90_000, 'zh')).toBe('25小时前')
  })
  it('of a short while has a decimal', () => {
    expect(duration(1.46, 'en')).toBe('1.5 sec')
    expect(duration(38.2, 'en')).toBe('38 sec')
    expect(duration(11_520, 'en')).toBe('3.2 hr')
    expect(duration(0, 'zh')).toBe('0秒')
  })
  it('began at a moment of the plan’s time zone', () => expect(moment('2022-12-01T20:30:00Z', 'en')).toBe('2 Dec 2022, 04:30'))
})
