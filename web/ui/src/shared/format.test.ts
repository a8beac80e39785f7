import { describe, expect, it } from 'vitest'
import { addDays, amount, dayWithWeekday, longDate, money, splitDate, toLang } from './format'

describe('money', () => {
  it.each([
    [0, '0.00'],
    [5, '0.05'],
    [99, '0.99'],
    [100, '1.00'],
    [1182140, '11,821.40'],
    [123456789012, '1,234,567,890.12'],
    [-10840, '-108.40'],
  ])('%i fen is %s', (fen, want) => expect(amount(fen)).toBe(want))

  it('round-trips every amount it writes', () => {
    for (let i = 0; i < 2_000; i++) {
      const fen = Math.floor(Math.random() * 1e12)
      expect(Number(amount(fen).replace(/[,.]/g, ''))).toBe(fen)
    }
  })

  it('names the currency and keeps it on the line', () => {
    expect(money(97608, 'CNY', 'zh-Hans')).toBe('976.08\u00a0元')
    expect(money(97608, undefined, 'en')).toBe('976.08\u00a0CNY')
    expect(money(1, 'TWD', 'zh-Hant')).toBe('0.01\u00a0新臺幣')
  })
})

describe('days', () => {
  it('says the weekday in each language', () => {
    expect(longDate('2026-12-15', 'zh-Hans')).toBe('2026年12月15日（周二）')
    expect(longDate('2026-12-15', 'zh-Hant')).toBe('2026年12月15日（週二）')
    expect(longDate('2026-12-15', 'en')).toBe('Tue 15 Dec 2026')
    expect(longDate('2026-12-09T15:59:59Z', 'en')).toBe('Wed 9 Dec 2026')
    expect(dayWithWeekday('2027-02-28', 'zh-Hans')).toBe('2月28日 周日')
  })
  it('leaves what is no date alone', () => {
    expect(longDate('', 'en')).toBe('')
    expect(splitDate('soon', 'en')).toEqual({ year: '', day: 'soon' })
  })
  it('steps over months and leap days', () => {
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29')
    expect(addDays('2026-03-01', -1)).toBe('2026-02-28')
  })
})

it.each([
  ['zh-TW', 'zh-Hant'],
  ['zh_HK', 'zh-Hant'],
  ['zh-Hant-TW', 'zh-Hant'],
  ['zh-CN', 'zh-Hans'],
  ['en-GB', 'en'],
  ['', 'zh-Hans'],
  [null, 'zh-Hans'],
])('%s is spoken as %s', (raw, want) => expect(toLang(raw)).toBe(want))
