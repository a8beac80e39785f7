import { expect, test } from 'vitest'
import { mark, objections, widest } from './hits'
import type { Hit } from './types'

const hit = (start: number, end: number): Hit => ({
  rule: 'T09',
  decision: 'block',
  part: 0,
  start,
  end,
  text: '',
  why: '',
  basis: '',
})

test('marks join to the text and count runes, not UTF-16 units', () => {
  const text = '𠮷野今天24点就锁了'
  const out = mark(text, [hit(2, 6)])
  expect(out.map((m) => m.text).join('')).toBe(text)
  expect(out.find((m) => m.hit)?.text).toBe('今天24')
})

test('overlapping and impossible hits do not repeat or lose text', () => {
  const out = mark('abcdef', [hit(1, 4), hit(2, 6), hit(9, 12), hit(3, 3)])
  expect(out.map((m) => m.text).join('')).toBe('abcdef')
  expect(out.filter((m) => m.hit).map((m) => m.text)).toEqual(['bcd', 'ef'])
})

test('a rule that objects to several places says why once', () => {
  const at = (rule: string, text: string, why: string) =>
    ({ rule, text, why, basis: '', part: 0, start: 0, end: 1, decision: 'block' }) as const
  expect(objections([at('T09', 'now', 'urgency'), at('T02', 'jail', 'crime'), at('T09', 'today', 'urgency'), at('T09', 'now', 'urgency')])).toEqual([
    { rule: 'T09', why: 'urgency', basis: '', texts: ['now', 'today'] },
    { rule: 'T02', why: 'crime', basis: '', texts: ['jail'] },
  ])
  expect(objections()).toEqual([])
})

test('of suspicions that lie within each other the widest is shown, once', () => {
  const at = (rule: string, start: number, end: number) => ({ rule, start, end, part: 0, text: `${start}-${end}`, sounds: 1 })
  const seen = widest([at('T07', 0, 3), at('T07', 1, 3), at('T09', 1, 3), at('T07', 0, 3), at('T07', 2, 5)])
  expect(seen.map((g) => `${g.rule} ${g.text}`)).toEqual(['T07 0-3', 'T09 1-3', 'T07 2-5'])
  expect(widest()).toEqual([])
})
