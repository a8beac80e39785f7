import type { Ack, Action, Assurance, ConvState, Frame, Outgoing, Welcome, WireError } from '../wire'
import { afterClose, jitter } from './backoff'
import { Transcript } from './transcript'
import { type Pipe, PollTransport, SseTransport, type Transport, type Where, WsTransport } from './transports'
import { ulid } from './ulid'

export type LinkState = 'connecting' | 'online' | 'offline' | 'stopped'
type Kind = Transport['kind']

export interface Hooks {
  changed(): void
  needToken(): void // the session is no longer valid
  refresh(): void // the session has aged
  fetchAfter(after: number): Promise<Frame[]>
  make?(kind: Kind, where: Where, pipe: Pipe): Transport
  random?(): number
}

const WELCOME_MS = { ws: 4_000, sse: 5_000, poll: 30_000 }
const RESEND_MS = 10_000
const GIVE_UP_AFTER = 3 // sends without an ack on a live line before the person is told
const QUIET_MS = 30_000
const PONG_MS = 10_000
const WS_AGAIN_MS = 600_000

// Client keeps one conversation in step with the server over whatever line works. It draws nothing.
export class Client {
  readonly transcript = new Transcript()
  link: LinkState = 'connecting'
  why?: 'closed' | 'other_tab' | 'fault'
  state: ConvState = 'bot'
  assurance: Assurance = 'anon'
  typingBy?: string
  limits: { text_runes?: number } = {}
  kind: Kind = 'ws'
  private transport?: Transport
  private attempt = 0
  private welcomed = false
  private sends = new Map<string, { tries: number; at: number }>()
  private timers = new Map<string, ReturnType<typeof setTimeout>>()
  private n = 0
  private told = { recv: 0, read: 0 }
  private filling = false
  private early: Frame[] = []
  private byeFloor = 0
  private wsWorked = false
  private wsFails = 0
  private replayUntil = 0 // frames up to here are history, not news
  private frameCids = new Map<string, string>()

  constructor(
    private where: Where,
    private lang: string,
    private hooks: Hooks,
  ) {}

  start(): void {
    this.welcomed = false
    this.set('welcome', WELCOME_MS[this.kind], () => this.down(1006, true))
    const make = this.hooks.make ?? makeTransport
    let mine: Transport | undefined
    const live = () => mine === this.transport
    mine = make(this.kind, this.where, {
      ready: () => live() && this.ready(),
      frame: (f) => live() && this.take(f),
      closed: (code) => live() && this.down(code, !this.welcomed),
    })
    this.transport = mine
    mine.open(this.transcript.seen, this.transcript.epoch)
  }

  stop(): void {
    for (const t of this.timers.values()) clearTimeout(t)
    this.timers.clear()
    this.transport?.close()
    this.transport = undefined
    this.link = 'stopped'
  }

  // wake is called when the network or the page comes back: do not sit out a long wait.
  wake(): void {
    if (this.link === 'stopped' || this.link === 'online' || !this.timers.has('again')) return
    this.attempt = this.wsFails = 0
    this.kind = 'ws'
    this.set('again', 0, () => this.start())
  }

  sleep(): void {
    if (this.link === 'online') this.down(1006, false)
  }

  setLang(lang: string): void {
    this.lang = lang
  }

  private ready(): void {
    if (this.kind !== 'ws') this.set('ws', WS_AGAIN_MS, () => this.switchTo('ws'))
    if (this.kind === 'sse') return // the stream itself begins with a welcome
    const t = this.transcript
    const p: Record<string, unknown> = {
      token: this.where.token,
      conv: this.where.conv,
      lang: this.lang,
      caps: ['cards', 'delta'],
    }
    if (t.epoch) Object.assign(p, { last_seq: t.seen, epoch: t.epoch })
    this.emit('hello', p)
    if (this.kind !== 'ws') this.up() // HTTP needs no handshake to be usable; a welcome may still come as the answer to hello
  }

  private up(): void {
    this.clear('welcome')
    this.welcomed = true
    this.attempt = this.wsFails = 0
    if (this.kind === 'ws') this.wsWorked = true
    this.link = 'online'
    this.why = undefined
    this.heartbeat()
    this.resend(true)
    this.hooks.changed()
  }

  private down(code: number, early: boolean): void {
    this.transport?.close()
    this.transport = undefined
    for (const k of ['welcome', 'quiet', 'pong', 'resend', 'ws', 'bye']) this.clear(k)
    this.typingBy = undefined
    const next = afterClose(code)
    if (next.do === 'token' || next.do === 'refresh') {
      this.link = 'connecting'
      if (next.do === 'token') this.hooks.needToken()
      else this.hooks.refresh()
      return
    }
    if (next.do === 'stop') {
      this.link = 'stopped'
      this.why = next.why
      this.hooks.changed()
      return
    }
    // A line that never came up is tried another way at once; only when all three fail do we wait.
    const silent = early && next.do === 'backoff' && next.floor === 0
    if (silent && this.kind !== 'poll' && !this.trusted()) {
      this.link = this.attempt === 0 && this.transcript.seen === 0 ? 'connecting' : 'offline'
      this.kind = this.kind === 'ws' ? 'sse' : 'poll'
      this.set('again', 50, () => this.start())
    } else {
      this.link = 'offline'
      if (early) this.kind = 'ws'
      const random = this.hooks.random ?? Math.random
      const wait = next.do === 'retry' ? random() * next.spread : next.floor + jitter(this.attempt++, random)
      this.set('again', this.byeFloor + wait, () => this.start())
    }
    this.byeFloor = 0
    this.hooks.changed()
  }

  // trusted: a socket that worked in this tab is tried three times before the network in between is blamed.
  private trusted(): boolean {
    return this.kind === 'ws' && this.wsWorked && ++this.wsFails < 3
  }

  private switchTo(kind: Kind): void {
    this.transport?.close()
    this.transport = undefined
    this.kind = kind
    this.start()
  }

  private take(f: Frame): void {
    this.heartbeat()
    const p = f.p ?? {}
    switch (f.t) {
      case 'welcome':
        this.welcome(p as unknown as Welcome)
        return
      case 'ack':
        this.sends.delete(String(p.cid))
        this.transcript.ack(p as unknown as Ack)
        break
      case 'pong':
        return
      case 'typing':
        this.typing(p)
        break
      case 'delta':
        this.transcript.delta(p)
        break
      case 'error':
        this.error(p as unknown as WireError, f.re)
        break
      case 'bye':
        this.bye(p)
        return
      default:
        if (f.seq) this.durable(f)
        return
    }
    this.hooks.changed()
  }

  private welcome(w: Welcome): void {
    const t = this.transcript
    if (w.resume === 'reset' || (t.epoch && w.epoch && t.epoch !== w.epoch)) t.reset()
    t.epoch = w.epoch || t.epoch
    this.state = w.state ?? this.state
    this.assurance = w.assurance ?? this.assurance
    this.limits = w.limits ?? {}
    this.told = { recv: 0, read: 0 }
    this.replayUntil = w.head_seq
    this.up()
    if (w.head_seq > t.seen && (w.replay_from ?? 1) > t.seen + 1) void this.fill()
  }

  // durable applies what is next and asks again for what is missing; it never shows a hole.
  private durable(f: Frame): void {
    if (this.filling) {
      this.early.push(f)
      return
    }
    const seq = f.seq ?? 0
    const r = this.transcript.apply(f, seq <= this.replayUntil)
    if (r === 'gap') {
      this.askAgain()
      return
    }
    if (r === 'dropped') return
    this.clear('sync')
    this.note(f)
    this.tell('recv')
    this.hooks.changed()
  }

  private note(f: Frame): void {
    const p = f.p ?? {}
    if (f.t === 'msg') {
      const from = p.from as { role?: string } | undefined
      if (from?.role !== 'user') this.typingBy = undefined
      if (typeof p.cid === 'string') this.sends.delete(p.cid)
    }
    if (f.t === 'agent') {
      if (p.event === 'queued') this.state = 'queue'
      if (p.event === 'joined' || p.event === 'transfer') this.state = 'agent'
      if (p.event === 'left') this.state = 'bot'
    }
    if (p.assurance) this.assurance = p.assurance as Assurance
    if (p.state === 'closed' && f.t !== 'status') this.state = 'closed'
  }

  private askAgain(): void {
    if (this.timers.has('sync')) return
    this.emit('sync', { from: this.transcript.seen + 1 })
    // The answer itself may be lost: ask over HTTP if the hole is still there.
    this.set('sync', 3_000, () => void this.fill())
  }

  // fill fetches the stretch the socket will not replay, page by page, then applies what arrived meanwhile.
  private async fill(): Promise<void> {
    if (this.filling) return
    this.filling = true
    try {
      for (;;) {
        const before = this.transcript.seen
        for (const f of await this.hooks.fetchAfter(before)) {
          if (this.transcript.apply(f, true) === 'applied') this.note(f)
        }
        if (this.transcript.seen === before) break
      }
    } catch {
      this.set('sync', 3_000, () => void this.fill())
    }
    this.filling = false
    for (const f of this.early.splice(0)) this.durable(f)
    this.tell('recv')
    this.hooks.changed()
  }

  private typing(p: Record<string, unknown>): void {
    this.typingBy = p.on === false ? undefined : String((p.from as { role?: string })?.role ?? p.role ?? 'bot')
    this.set('typing', 6_000, () => {
      this.typingBy = undefined
      this.hooks.changed()
    })
  }

  private error(e: WireError, re: string | undefined): void {
    const cid = e.cid ?? this.cidOf(re)
    if (e.code === 'conv_closed') this.state = 'closed'
    if (!cid) return
    if (e.temporary) this.set('resend', Math.max(1_000, e.retry_after_ms ?? RESEND_MS), () => this.resend(true))
    else {
      this.transcript.fail(cid)
      this.sends.delete(cid)
    }
  }

  private cidOf(re: string | undefined): string | undefined {
    return re ? this.frameCids.get(re) : undefined
  }

  // bye announces a close. The close code that follows decides; the timer is for a line that dies before it.
  private bye(p: Record<string, unknown>): void {
    this.byeFloor = typeof p.after_ms === 'number' ? p.after_ms : 0
    this.set('bye', 2_000, () => this.down(p.reconnect === false ? 1000 : 1012, false))
  }

  text(text: string): void {
    this.say({ cid: ulid(), kind: 'text', text }, undefined)
  }

  action(action: Action, label: string): void {
    this.say({ cid: ulid(), kind: 'action', action }, label)
  }

  private say(out: Outgoing, label: string | undefined): void {
    this.transcript.say(out, label, Date.now())
    this.dispatch(out)
    this.hooks.changed()
  }

  retry(cid: string): void {
    const out = this.transcript.retry(cid)
    this.sends.delete(cid)
    if (out) this.dispatch(out)
    this.hooks.changed()
  }

  private dispatch(out: Outgoing): void {
    if (this.link !== 'online') return
    const s = this.sends.get(out.cid) ?? { tries: 0, at: 0 }
    this.sends.set(out.cid, { tries: s.tries + 1, at: Date.now() })
    const id = this.emit('msg', { ...out })
    this.frameCids.set(id, out.cid)
    if (!this.timers.has('resend')) this.set('resend', RESEND_MS, () => this.resend(false))
  }

  // resend sends again, in order, what the server has not acknowledged. After three quiet tries the person decides.
  private resend(all: boolean): void {
    if (this.link !== 'online') return
    for (const out of this.transcript.unacked()) {
      const s = this.sends.get(out.cid)
      if (!all && s && Date.now() - s.at < RESEND_MS) continue
      if (!all && s && s.tries >= GIVE_UP_AFTER) {
        this.transcript.fail(out.cid)
        this.hooks.changed()
        continue
      }
      this.dispatch(out)
    }
    if (this.transcript.unacked().length) this.set('resend', RESEND_MS, () => this.resend(false))
    else this.clear('resend')
  }

  sendTyping(on: boolean): void {
    if (this.link !== 'online' || (on && this.timers.has('typed'))) return
    this.set('typed', on ? 2_000 : 0, () => {})
    this.emit('typing', { on })
  }

  seenByPerson(): void {
    this.tell('read')
  }

  // tell reports receipt at most once a second, and only ever forward.
  private tell(what: 'recv' | 'read'): void {
    if (this.timers.has(what)) return
    this.set(what, 1_000, () => {
      const seq = this.transcript.seen
      if (this.link === 'online' && seq > this.told[what]) {
        this.told[what] = seq
        this.emit(what, { seq })
      }
    })
  }

  private heartbeat(): void {
    this.clear('pong')
    if (this.kind !== 'ws') return
    this.set('quiet', QUIET_MS, () => {
      this.emit('ping')
      this.set('pong', PONG_MS, () => this.down(1006, false))
    })
  }

  private emit(t: string, p?: Record<string, unknown>): string {
    const id = String(++this.n)
    this.transport?.send(p ? { t, id, p } : { t, id })
    return id
  }

  private set(name: string, ms: number, run: () => void): void {
    this.clear(name)
    this.timers.set(
      name,
      setTimeout(() => {
        this.timers.delete(name)
        run()
      }, ms),
    )
  }

  private clear(name: string): void {
    const t = this.timers.get(name)
    if (t !== undefined) clearTimeout(t)
    this.timers.delete(name)
  }
}

function makeTransport(kind: Kind, where: Where, pipe: Pipe): Transport {
  if (kind === 'ws') return new WsTransport(where, pipe)
  return kind === 'sse' ? new SseTransport(where, pipe) : new PollTransport(where, pipe)
}
