import { expect, test } from 'vitest'
import { mark } from './hits'
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
