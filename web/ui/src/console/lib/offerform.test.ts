import { describe, expect, it } from 'vitest'
import { blank, fen, fieldsOf, kinds, read } from './offerform'

describe('money in a form', () => {
  it.each([
    ['1000', 100000],
    ['1,234.5', 123450],
    ['￥ 976.08 元', 97608],
    ['0.01', 1],
    ['', undefined],
    ['1.234', undefined],
    ['-5', undefined],
    ['1e3', undefined],
    ['一千', undefined],
  ])('%s is %s', (s, want) => expect(fen(s)).toBe(want))
})

describe('a wish', () => {
  it('holds only what was written', () => {
    expect(read(blank())).toEqual({ ask: {}, means: undefined, bad: [] })
    expect(read({ ...blank(), count: '12', monthly: '1,000', payday: '10' })).toEqual({
      ask: { count: 12, monthly_fen: 100000 },
      means: { payday: 10 },
      bad: [],
    })
  })
  it('drops terms that belong to another kind', () => {
    const f = { ...blank(), kind: 'settlement', count: '12', lump: '8000', stepped: true, defer: '2027-01-01' }
    expect(read(f).ask).toEqual({ kind: 'settlement', lump_fen: 800000 })
  })
  it('names every wrong field and sends none of it', () => {
    const w = read({ ...blank(), count: '0', monthly: 'x', day: '32', income: '1.2.3' })
    expect(w.bad).toEqual(['count', 'monthly', 'day', 'income'])
    expect(w.ask).toEqual({})
    expect(w.means).toBeUndefined()
  })
  it('a wrong field that is not shown stops nothing', () => {
    expect(read({ ...blank(), kind: 'deferral', monthly: 'x', defer: '2027-01-01' })).toEqual({
      ask: { kind: 'deferral', defer_to: '2027-01-01' },
      means: undefined,
      bad: [],
    })
  })
  it('each kind has fields of its own', () => {
    for (const k of kinds) expect(fieldsOf(k).length).toBeGreaterThan(0)
  })
})
