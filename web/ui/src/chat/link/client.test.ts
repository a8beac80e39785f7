import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Frame } from '../wire'
import { Client } from './client'
import type { Pipe, Transport } from './transports'

// Server is the other end: a log with gapless numbers that knows each cid once. Its line may be as bad as a test wants.
class Server {
  log: Frame[] = []
  cids = new Map<string, Frame>()
  lines = new Set<Line>()
  epoch = 'e1'

  add(p: Record<string, unknown>): Frame {
    const seq = this.log.length + 1
    const f = { t: 'msg', seq, ts: '2026-12-02T06:30:00.000Z', p: { mid: `m${seq}`, ...p } }
    this.log.push(f)
    for (const l of this.lines) l.give(f)
    return f
  }

  take(line: Line, f: Frame): void {
    const p = f.p as Record<string, unknown>
    if (f.t === 'hello') {
      const last = p.epoch === this.epoch ? Number(p.last_seq ?? 0) : 0
      line.give({
        t: 'welcome',
        re: f.id,
        p: {
          conv: 'c',
          epoch: this.epoch,
          head_seq: this.log.length,
          resume: last ? 'ok' : 'new',
          replay_from: last + 1,
          state: 'bot',
          assurance: 'anon',
        },
      })
      for (const x of this.log.slice(last)) line.give(x)
      this.lines.add(line)
    } else if (f.t === 'msg') {
      const cid = String(p.cid)
      const known = this.cids.get(cid)
      const row = known ?? this.add({ cid, from: { role: 'user' }, kind: p.kind, text: p.text })
      this.cids.set(cid, row)
      line.give({ t: 'ack', re: f.id, p: { cid, mid: row.p?.mid, seq: row.seq, dup: !!known } })
    } else if (f.t === 'sync') for (const x of this.log.slice(Number(p.from) - 1)) line.give(x)
    else if (f.t === 'ping') line.give({ t: 'pong', re: f.id })
  }
}

class Line implements Transport {
  dead = false
  sent: Frame[] = []
  constructor(
    readonly kind: 'ws' | 'sse' | 'poll',
    private pipe: Pipe,
    private server: Server | undefined,
    private bad: () => number, // 0..1: how this frame fares
  ) {}
  open(): void {
    if (this.server) setTimeout(() => !this.dead && this.pipe.ready(), 5)
  }
  send(f: Frame): void {
    this.sent.push(f)
    if (this.dead) return
    const luck = this.bad()
    if (luck < 0.1 && f.t !== 'hello') return
    setTimeout(() => !this.dead && this.server?.take(this, f), 5 + luck * 20)
  }
  give(f: Frame): void {
    const luck = this.bad()
    if (luck < 0.05 && f.t !== 'welcome') return // lost
    const times = luck > 0.9 ? 2 : 1 // doubled
    // A slower one overtakes nobody; a faster one does: that is a reorder.
    for (let i = 0; i < times; i++)
      setTimeout(() => !this.dead && this.pipe.frame(structuredClone(f)), f.t === 'welcome' ? 1 : 2 + this.bad() * 30)
  }
  cut(code = 1006): void {
    this.server?.lines.delete(this)
    if (this.dead) return
    this.dead = true
    this.pipe.closed(code)
  }
  close(): void {
    this.dead = true
    this.server?.lines.delete(this)
  }
}

const good = () => 0.5

function setup(server: Server | undefined, bad = good) {
  const made: Line[] = []
  const hooks = {
    changed: vi.fn(),
    needToken: vi.fn(),
    refresh: vi.fn(),
    fetchAfter: vi.fn(async (after: number) =>
      (server?.log ?? []).slice(after, after + 7).map((f) => structuredClone(f)),
    ),
    random: () => 0.5,
    make: (kind: Line['kind'], _: unknown, pipe: Pipe) => {
      const l = new Line(kind, pipe, server, bad)
      made.push(l)
      return l
    },
  }
  const client = new Client({ base: 'http://x', conv: 'c', token: 't' }, 'en', hooks)
  return { client, hooks, made, now: () => made[made.length - 1] }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('Client on a bad line', () => {
  it('1,000 cuts, losses, doubles and reorders end in identical transcripts', async () => {
    let seed = 42
    const random = () => {
      seed = (seed * 1103515245 + 12345) % 2147483648
      return seed / 2147483648
    }
    let cuts = 0
    for (let round = 0; round < 25; round++) {
      const server = new Server()
      const a = setup(server, random)
      a.client.start()
      for (let n = 0; n < 40; n++) {
        if (random() < 0.5) a.client.text(`u${n}`)
        if (random() < 0.5) server.add({ from: { role: 'bot' }, kind: 'text', text: `b${n}` })
        await vi.advanceTimersByTimeAsync(random() * 400)
        a.now().cut()
        cuts++
      }
      // The line heals; everything that was said must be there once, in the server's order.
      for (
        let i = 0;
        i < 40 && (a.client.transcript.seen < server.log.length || a.client.transcript.unacked().length > 0);
        i++
      )
        await vi.advanceTimersByTimeAsync(10_000)
      const mine = a.client.transcript.items
      expect(mine.map((i) => [i.seq, i.text])).toEqual(server.log.map((f) => [f.seq, f.p?.text]))
      expect(new Set(mine.map((i) => i.key)).size).toBe(mine.length)
      const order = server.log.filter((f) => f.p?.cid).map((f) => f.p?.text)
      expect(order.length).toBe(new Set(order).size)
      a.client.stop()
    }
    expect(cuts).toBe(1_000)
  })
})

describe('Client', () => {
  it('falls back from socket to events to polling, then waits', async () => {
    const a = setup(undefined)
    a.client.start()
    await vi.advanceTimersByTimeAsync(4_100)
    await vi.advanceTimersByTimeAsync(5_100)
    expect(a.made.map((l) => l.kind)).toEqual(['ws', 'sse', 'poll'])
    a.now().cut()
    expect(a.client.link).toBe('offline')
    await vi.advanceTimersByTimeAsync(20_000)
    expect(a.made[3].kind).toBe('ws')
  })

  it('tries a socket that worked three times before it blames the network', async () => {
    const a = setup(new Server())
    a.client.start()
    await vi.advanceTimersByTimeAsync(100)
    for (const wait of [250, 500, 1_000, 50]) {
      a.now().cut()
      await vi.advanceTimersByTimeAsync(wait + 2) // the next line is up, but not yet welcomed
    }
    expect(a.made.map((l) => l.kind)).toEqual(['ws', 'ws', 'ws', 'ws', 'sse'])
  })

  it('tries the socket again after ten minutes of polling', async () => {
    const server = new Server()
    const a = setup(server)
    a.client.kind = 'poll'
    a.client.start()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(a.client.link).toBe('online')
    await vi.advanceTimersByTimeAsync(600_000)
    expect(a.now().kind).toBe('ws')
    expect(a.client.link).toBe('online')
  })

  it('keeps what is written offline and sends it, once and in order, when the line is back', async () => {
    const server = new Server()
    const a = setup(server)
    a.client.start()
    await vi.advanceTimersByTimeAsync(100)
    a.now().cut()
    a.client.text('one')
    a.client.text('two')
    expect(a.client.link).toBe('offline')
    await vi.advanceTimersByTimeAsync(2_000)
    expect(server.log.map((f) => f.p?.text)).toEqual(['one', 'two'])
    expect(a.client.transcript.items.map((i) => i.state)).toEqual(['sent', 'sent'])
  })

  it('resends after ten silent seconds and gives up after the third time', async () => {
    const server = new Server()
    const a = setup(server)
    a.client.start()
    await vi.advanceTimersByTimeAsync(100)
    server.take = () => undefined // up, but deaf
    a.client.text('hello')
    await vi.advanceTimersByTimeAsync(25_000)
    expect(a.now().sent.filter((f) => f.t === 'msg')).toHaveLength(3)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(a.client.transcript.items[0].state).toBe('failed')
  })

  it('takes silence without a pong for a dead line', async () => {
    const server = new Server()
    const a = setup(server)
    a.client.start()
    await vi.advanceTimersByTimeAsync(100)
    server.take = () => undefined
    await vi.advanceTimersByTimeAsync(30_000)
    expect(a.now().sent.some((f) => f.t === 'ping')).toBe(true)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(a.client.link).not.toBe('online')
  })

  it.each([
    [4401, 'needToken'],
    [4404, 'needToken'],
    [4440, 'refresh'],
  ] as const)('close %i asks for %s', async (code, hook) => {
    const a = setup(new Server())
    a.client.start()
    await vi.advanceTimersByTimeAsync(100)
    a.now().cut(code)
    expect(a.hooks[hook]).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(a.made).toHaveLength(1)
  })

  it.each([
    [4409, 'other_tab'],
    [4400, 'fault'],
    [1000, 'closed'],
  ] as const)('close %i stops for good (%s)', async (code, why) => {
    const a = setup(new Server())
    a.client.start()
    await vi.advanceTimersByTimeAsync(100)
    a.now().cut(code)
    expect([a.client.link, a.client.why]).toEqual(['stopped', why])
    await vi.advanceTimersByTimeAsync(60_000)
    expect(a.made).toHaveLength(1)
  })

  it('waits at least half a minute when told it is too fast', async () => {
    const a = setup(new Server())
    a.client.start()
    await vi.advanceTimersByTimeAsync(100)
    a.now().cut(4429)
    await vi.advanceTimersByTimeAsync(29_000)
    expect(a.made).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(12_000)
    expect(a.made).toHaveLength(2)
  })

  it('a goodbye with a reason lets the close code decide', async () => {
    const server = new Server()
    const a = setup(server)
    a.client.start()
    await vi.advanceTimersByTimeAsync(100)
    a.now().give({ t: 'bye', p: { reason: 'revoked', reconnect: false, after_ms: 0 } })
    await vi.advanceTimersByTimeAsync(100)
    a.now().cut(4401)
    expect(a.hooks.needToken).toHaveBeenCalledTimes(1)
  })

  it('fetches history page by page when it is too far behind', async () => {
    const server = new Server()
    for (let i = 0; i < 300; i++) server.add({ from: { role: 'bot' }, kind: 'text', text: `b${i}` })
    server.take = (line, f) => {
      if (f.t === 'hello')
        line.give({ t: 'welcome', p: { conv: 'c', epoch: 'e1', head_seq: 300, resume: 'gap', replay_from: 301 } })
    }
    const a = setup(server)
    a.client.start()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(a.client.transcript.seen).toBe(300)
    expect(a.client.transcript.items.every((i) => i.replayed)).toBe(true)
  })

  it('a new epoch drops the cache but not what was never stored', async () => {
    const server = new Server()
    server.add({ from: { role: 'bot' }, kind: 'text', text: 'old' })
    const a = setup(server)
    a.client.start()
    await vi.advanceTimersByTimeAsync(100)
    a.now().cut()
    a.client.text('mine')
    server.epoch = 'e2'
    server.log = []
    server.cids.clear()
    await vi.advanceTimersByTimeAsync(3_000)
    expect(a.client.transcript.items.map((i) => i.text)).toEqual(['mine'])
  })
})
