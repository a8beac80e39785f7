import { describe, expect, it } from 'vitest'
import type { Frame } from '../wire'
import { Transcript } from './transcript'

const msg = (seq: number, p: Record<string, unknown> = {}): Frame => ({
  t: 'msg',
  seq,
  ts: '2026-12-02T06:30:00.000Z',
  p: { mid: `m${seq}`, from: { role: 'bot' }, kind: 'text', text: `t${seq}`, ...p },
})

describe('Transcript', () => {
  it('applies each frame once and in order, and reports a hole', () => {
    const t = new Transcript()
    expect(t.apply(msg(1))).toBe('applied')
    expect(t.apply(msg(1))).toBe('dropped')
    expect(t.apply(msg(3))).toBe('gap')
    expect(t.items).toHaveLength(1)
    expect(t.apply(msg(2))).toBe('applied')
    expect(t.apply(msg(3))).toBe('applied')
    expect(t.items.map((i) => i.text)).toEqual(['t1', 't2', 't3'])
  })

  it('an ack never stands in for the echo', () => {
    const t = new Transcript()
    t.say({ cid: 'A', kind: 'text', text: '想分期' }, undefined, 0)
    t.ack({ cid: 'A', mid: 'm1', seq: 1 })
    expect(t.seen).toBe(0)
    expect(t.unacked()).toEqual([])
    expect(t.apply(msg(1, { cid: 'A', from: { role: 'user' }, text: '想分期' }))).toBe('applied')
    expect(t.items).toHaveLength(1)
    expect(t.items[0].state).toBe('sent')
  })

  it('an echo without an ack settles the message too', () => {
    const t = new Transcript()
    t.say({ cid: 'A', kind: 'text', text: 'x' }, undefined, 0)
    t.apply(msg(1, { cid: 'A', from: { role: 'user' }, text: 'x' }))
    expect(t.unacked()).toEqual([])
    expect(t.items).toHaveLength(1)
  })

  it('an answer proves that what came before it was read', () => {
    const t = new Transcript()
    t.apply(msg(1, { from: { role: 'user' }, cid: 'A' }))
    t.say({ cid: 'B', kind: 'text', text: 'later' }, undefined, 0)
    t.apply(msg(2))
    expect(t.items.find((i) => i.cid === 'A')?.state).toBe('read')
    expect(t.items.find((i) => i.cid === 'B')?.state).toBe('sending')
  })

  it('states only move forward', () => {
    const t = new Transcript()
    t.apply(msg(1, { from: { role: 'user' }, cid: 'A' }))
    t.apply({ t: 'status', seq: 2, p: { mid: 'm1', state: 'read' } })
    t.apply({ t: 'status', seq: 3, p: { mid: 'm1', state: 'delivered' } })
    expect(t.items[0].state).toBe('read')
  })

  it("keeps the label of an action whose echo says nothing, and never the form's fields", () => {
    const t = new Transcript()
    t.say({ cid: 'A', kind: 'action', action: { name: 'verify', fields: { name: '张伟' } } }, '已提交核对信息', 0)
    t.apply(msg(1, { cid: 'A', from: { role: 'user' }, kind: 'action', text: '', action: { name: 'verify' } }))
    expect(t.items[0].text).toBe('已提交核对信息')
    expect(t.items[0].action?.fields).toBeUndefined()
  })

  it('a final message replaces its stream', () => {
    const t = new Transcript()
    t.delta({ stream_id: 's', text: '好' })
    t.delta({ stream_id: 's', text: '的' })
    expect(t.streams.get('s')).toBe('好的')
    t.delta({ stream_id: 's', snapshot: true, text: '好的，' })
    expect(t.streams.get('s')).toBe('好的，')
    t.apply(msg(1, { stream_id: 's', text: '好的，我来查。' }))
    expect(t.streams.size).toBe(0)
    expect(t.items[0].text).toBe('好的，我来查。')
  })

  it('a reset forgets what the server said and keeps what nobody stored', () => {
    const t = new Transcript()
    t.apply(msg(1))
    t.say({ cid: 'A', kind: 'text', text: 'kept' }, undefined, 0)
    t.reset()
    expect(t.items.map((i) => i.text)).toEqual(['kept'])
    expect(t.unacked().map((o) => o.cid)).toEqual(['A'])
    expect(t.apply(msg(1))).toBe('applied')
  })

  it('failed ones wait for the person, then go out again', () => {
    const t = new Transcript()
    t.say({ cid: 'A', kind: 'text', text: 'x' }, undefined, 0)
    t.fail('A')
    expect(t.unacked()).toEqual([])
    expect(t.retry('A')?.cid).toBe('A')
    expect(t.items[0].state).toBe('sending')
  })

  it('any order, any repetition ends in the same transcript', () => {
    const frames = Array.from({ length: 60 }, (_, i) => msg(i + 1))
    for (let round = 0; round < 200; round++) {
      const t = new Transcript()
      while (t.seen < frames.length) t.apply(frames[Math.floor(Math.random() * frames.length)])
      expect(t.items.map((i) => i.seq)).toEqual(frames.map((f) => f.seq))
    }
  })
})
