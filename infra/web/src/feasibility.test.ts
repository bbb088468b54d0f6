import { expect, it, vi } from 'vitest'

vi.stubGlobal('location', { search: '?lang=en' })
const { byWeight, clauses, difference, figuresOf } = await import('./feasibility')

const found = (rule: string, numbers: Record<string, number>, codes: string[] = [], unit = '') => ({ rule, codes, claim: '', unit, sources: [], numbers, text: { zh: '', en: '' } })

it('puts what makes a target impossible first, in each weight the widest gap', () => {
  const order = byWeight([
    found('asks-no-rise', { baseline: 94, target: 94 }),
    found('claim-differs', { claim: 67, reading_1: 65.3 }),
    found('from-the-future', {}),
    found('claim-differs', { claim: 1.58, reading_1: 0.96 }),
    found('target-needs-more', { planned: 17850, needed: 21991 }),
    found('part-exceeds-whole', { planned: 16300, needed: 35445 }),
  ]).map(({ weight, items }) => [weight, items.map((c) => Object.values(c.numbers)[0])])
  expect(order).toEqual([
    ['reach', [16300, 17850]],
    ['differ', [1.58, 67]],
    ['care', [94, undefined]],
  ])
})

it('sets the figures side by side, in the unit of what they are about', () => {
  const unitOf = (code?: string) => ({ 'elder-beds-per-1000': '‰', 'elder-beds': 'beds' })[code ?? ''] ?? ''
  const beds = figuresOf(found('target-needs-more', { target: 35, planned: 17850, needed: 21991 }, ['elder-beds-per-1000', 'elder-beds']), unitOf)
  expect(beds.map((f) => [f.name[1], f.value, f.unit])).toEqual([['Planned', 17850, 'beds'], ['Needed', 21991, 'beds']])
  expect(difference(beds)).toBe(4141)
  expect(figuresOf(found('claim-differs', { claim: 4, reading_1: 0 }, [], 'institutions'), unitOf)[1]!.unit).toBe('institutions')
  const shares = figuresOf(found('share-jumps', { share_before: 0.92, share_forecast: 0.76 }), unitOf)
  expect(shares.map((f) => [f.value, f.unit])).toEqual([[92, '%'], [76, '%']])
})

it('holds a sentence against the reading that comes nearest', () => {
  expect(difference(figuresOf(found('claim-differs', { claim: 69, reading_1: 73.6, reading_2: 86.7 }), () => ''))).toBeCloseTo(4.6)
  expect(difference([])).toBe(0)
})

it('names the document once, and of each source the clause', () => {
  const all = ['某方案（2022-11-07）一（二）', '某方案（2022-11-07）二（四）指标表 E07', '推算，正文未列']
  expect(clauses(all, all)).toEqual({ document: '某方案（2022-11-07）', clauses: ['一（二）', '二（四）指标表 E07', '推算，正文未列'] })
  expect(clauses(['x'], [])).toEqual({ document: '', clauses: ['x'] })
})
