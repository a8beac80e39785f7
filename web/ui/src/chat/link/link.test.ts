import { describe, expect, it } from 'vitest'
import { afterClose, jitter } from './backoff'
import { closeCodeOf, parseFrame, SseLines } from './transports'
import { ulid } from './ulid'

describe('backoff', () => {
  it('is full jitter between nothing and a growing, bounded ceiling', () => {
    expect(jitter(0, () => 0)).toBe(0)
    expect(jitter(0, () => 0.999)).toBe(499)
    expect(jitter(3, () => 0.5)).toBe(2_000)
    expect(jitter(40, () => 0.999)).toBeLessThan(20_000)
  })
  it('stops where the protocol says it is over, and nowhere else', () => {
    for (const c of [1000, 1003, 1007, 1009, 4400, 4403, 4409, 4410, 4426])
      expect(afterClose(c).do, String(c)).toBe('stop')
    for (const c of [1001, 1012, 1013])
      expect(afterClose(c), String(c)).toEqual({ do: 'retry', floor: 0, spread: 5_000 })
    for (const c of [1005, 1006, 1011, 4408, 4429]) expect(afterClose(c).do, String(c)).toBe('backoff')
  })
})

describe('server-sent events', () => {
  it('reads events however the bytes are cut', () => {
    const text = `: ${' '.repeat(50)}\n\nid: 1\ndata: {"t":"a"}\n\n: hb\n\nid: 2\r\ndata: {"t":"b"}\r\n\r\nevent: close\ndata: {"code":4401}\n\n`
    for (let size = 1; size < text.length; size++) {
      const got: string[] = []
      const s = new SseLines((d, e) => got.push(`${e}|${d}`))
      for (let i = 0; i < text.length; i += size) s.push(text.slice(i, i + size))
      expect(got, `size ${size}`).toEqual(['|{"t":"a"}', '|{"t":"b"}', 'close|{"code":4401}'])
    }
  })
  it('maps refusals to close codes and ignores what is no frame', () => {
    expect([401, 404, 410, 429, 500].map(closeCodeOf)).toEqual([4401, 4404, 4410, 4429, 1006])
    expect(parseFrame('<html>')).toBeUndefined()
    expect(parseFrame('{"a":1}')).toBeUndefined()
    expect(parseFrame('null')).toBeUndefined()
  })
})

it('ulids are 26 characters and rise, also within a millisecond and when the clock goes back', () => {
  const ids = [...Array.from({ length: 500 }, () => ulid(1_800_000_000_000)), ulid(1_700_000_000_000)]
  for (const id of ids) expect(id).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/)
  expect([...ids].sort()).toEqual(ids)
  expect(new Set(ids).size).toBe(ids.length)
})
