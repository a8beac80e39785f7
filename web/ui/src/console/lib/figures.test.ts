import { expect, test } from 'vitest'
import { annotate, toHundredths } from './figures'
import type { Figure } from './types'

const money = (value: number, origin = 'entry:e2'): Figure => ({
  kind: 'money',
  value,
  origin,
})
const marked = (text: string, ...sources: Figure[]) =>
  annotate(text, sources)
    .filter((s) => s.figure)
    .map((s) => [s.text, s.figure?.origin])

test('the segments always join to the text', () => {
  const text = '利息 813.00 元，是每天 5.42 元计了 150 天。截至12月2日一共应还 11,821.40 元，分 12 期每期 976.08 元。'
  const sources = [money(81300), money(542), money(1182140), { kind: 'count', value: 12, origin: 'offer:o1' } as Figure]
  expect(
    annotate(text, sources)
      .map((s) => s.text)
      .join(''),
  ).toBe(text)
  expect(marked(text, ...sources).map((m) => m[0])).toEqual(['813.00 元', '5.42 元', '11,821.40 元', '12 期'])
})

test('dates with and without a year, in both languages', () => {
  const d: Figure = { kind: 'date', text: '2026-12-20', origin: 'offer:o1' }
  for (const s of ['2026年12月20日（周日）', '12月20日', '2026-12-20', 'Sun 20 Dec 2026', '20 Dec']) {
    expect(marked(`首期 ${s} 开始`, d), s).toEqual([[s, 'offer:o1']])
  }
  expect(marked('首期 2025年12月20日', d)).toEqual([])
})

test('a figure nobody recorded is not underlined', () => {
  expect(marked('每期 970 元', money(97608))).toEqual([])
  expect(marked('12 个月', money(1200))).toEqual([])
  expect(marked('1.75%', { kind: 'percent', value: 175, origin: 'policy:1' })).toEqual([['1.75%', 'policy:1']])
})

test('money is read without floats', () => {
  expect(toHundredths('11,821.40')).toBe(1182140)
  expect(toHundredths('0.1')).toBe(10)
  expect(toHundredths('7')).toBe(700)
  expect(toHundredths('1.234')).toBeUndefined()
})
