import type { Ack, Action, Card, Frame, MsgPayload, Outgoing, Role, WireError } from '../wire'

export type ItemState = 'sending' | 'sent' | 'delivered' | 'read' | 'failed'

// Item is one line of the conversation as a person sees it.
export interface Item {
  key: string
  seq?: number
  mid?: string
  cid?: string
  role: Role
  name?: string
  kind: string // text | action | agent | system
  text?: string
  title?: string
  signature?: string
  cards: Card[]
  alt?: string[] // each card in words
  action?: Action
  event?: string
  pos?: number
  ms: number
  state?: ItemState
  replayed?: boolean // part of a resume, not news
}

export type Applied = 'applied' | 'dropped' | 'gap'

// Transcript is the one truth of what was said: it applies durable frames exactly once and in order, whatever the line did.
// It knows no sockets and no timers.
export class Transcript {
  items: Item[] = []
  seen = 0 // highest seq applied; every lower one was applied too
  epoch = ''
  streams = new Map<string, string>()
  held = false // an answer is being checked by the filter or a colleague
  private outbox: Outgoing[] = []

  // apply takes any durable frame. A gap is reported, not papered over: the caller asks the server to send again.
  apply(f: Frame, replayed = false): Applied {
    const seq = f.seq ?? 0
    if (seq <= 0) return 'dropped'
    if (seq <= this.seen) return 'dropped'
    if (seq > this.seen + 1) return 'gap'
    this.seen = seq
    const ms = f.ts ? Date.parse(f.ts) : Date.now()
    const p = (f.p ?? {}) as Record<string, unknown>
    if (f.t === 'msg' || f.t === 'card') this.addMessage(p as unknown as MsgPayload, seq, ms, replayed)
    else if (f.t === 'status') this.addStatus(p)
    else if (f.t === 'agent' || f.t === 'system') {
      this.items.push({ key: `s${seq}`, seq, role: 'system', kind: f.t, cards: [], ms, replayed, ...noticeOf(p) })
    }
    this.sort()
    return 'applied'
  }

  private addMessage(p: MsgPayload, seq: number, ms: number, replayed: boolean): void {
    const role = p.from?.role ?? 'system'
    if (p.stream_id) this.streams.delete(p.stream_id)
    if (role !== 'user') {
      this.held = false
      this.markRead()
    }
    const mine = p.cid ? this.items.find((i) => i.cid === p.cid) : undefined
    if (p.cid) this.outbox = this.outbox.filter((o) => o.cid !== p.cid)
    const base = { seq, mid: p.mid, cid: p.cid, role, name: p.from?.name, kind: p.kind ?? 'text', ms, replayed }
    const cards = p.cards ?? (p.card ? [p.card] : [])
    const next = { ...base, text: p.text, title: p.title, signature: p.signature, cards, alt: p.alt, action: p.action }
    if (mine) {
      // The words the person typed stay: an action's echo may carry none.
      Object.assign(mine, next, {
        text: p.text || mine.text,
        action: p.action ?? mine.action,
        state: later(mine.state, 'sent'),
      })
      return
    }
    const read = p.state === 'read' || p.state === 'delivered' ? p.state : 'sent'
    this.items.push({ key: p.cid ?? p.mid ?? `s${seq}`, ...next, state: role === 'user' ? read : undefined })
  }

  private addStatus(p: Record<string, unknown>): void {
    const state = String(p.state ?? '')
    if (state === 'held') this.held = true
    if (state !== 'delivered' && state !== 'read') return
    const item = this.items.find((i) => i.mid === p.mid && i.role === 'user')
    if (item) item.state = later(item.state, state)
  }

  // markRead: an answer is proof that what came before it was read.
  private markRead(): void {
    for (const i of this.items) if (i.role === 'user' && i.seq !== undefined) i.state = later(i.state, 'read')
  }

  say(out: Outgoing, label: string | undefined, ms: number): void {
    this.outbox.push(out)
    this.items.push({
      key: out.cid,
      cid: out.cid,
      role: 'user',
      kind: out.kind,
      text: label ?? out.text,
      cards: [],
      action: out.action,
      ms,
      state: 'sending',
    })
  }

  // ack says "stored". The echo of the message, not the ack, moves `seen`, so that an ack can never hide a lost frame.
  ack(a: Ack): void {
    this.outbox = this.outbox.filter((o) => o.cid !== a.cid)
    const item = this.items.find((i) => i.cid === a.cid)
    if (!item) return
    item.mid = a.mid
    item.seq = a.seq
    item.state = later(item.state, 'sent')
    this.sort()
  }

  fail(cid: string): void {
    const item = this.items.find((i) => i.cid === cid)
    if (item && item.seq === undefined) item.state = 'failed'
  }

  failed(e: WireError): void {
    if (e.cid) this.fail(e.cid)
  }

  retry(cid: string): Outgoing | undefined {
    const item = this.items.find((i) => i.cid === cid)
    if (item?.state === 'failed') item.state = 'sending'
    return this.outbox.find((o) => o.cid === cid)
  }

  // unacked is what must be sent again, in the order it was said. Failed ones wait for the person's tap.
  unacked(): Outgoing[] {
    return this.outbox.filter((o) => this.items.find((i) => i.cid === o.cid)?.state !== 'failed')
  }

  delta(p: Record<string, unknown>): void {
    const id = String(p.stream_id ?? '')
    if (!id) return
    const text = String(p.text ?? '')
    this.streams.set(id, p.snapshot ? text : (this.streams.get(id) ?? '') + text)
  }

  // reset forgets everything the server said; what the person wrote and nobody stored stays.
  reset(): void {
    this.items = this.items.filter((i) => i.cid !== undefined && this.outbox.some((o) => o.cid === i.cid))
    for (const i of this.items) i.seq = i.mid = undefined
    this.seen = 0
    this.streams.clear()
    this.held = false
  }

  private sort(): void {
    const at = (i: Item) => i.seq ?? Number.MAX_SAFE_INTEGER
    this.items = this.items
      .map((i, n) => [i, n] as const)
      .sort(([a, n], [b, m]) => at(a) - at(b) || n - m)
      .map(([i]) => i)
  }
}

const order: ItemState[] = ['failed', 'sending', 'sent', 'delivered', 'read']

function later(a: ItemState | undefined, b: ItemState): ItemState {
  return a && order.indexOf(a) > order.indexOf(b) ? a : b
}

function noticeOf(p: Record<string, unknown>): Partial<Item> {
  const str = (k: string) => (typeof p[k] === 'string' ? (p[k] as string) : undefined)
  return {
    event: str('event'),
    name: str('name'),
    text: str('text'),
    pos: typeof p.pos === 'number' ? p.pos : undefined,
  }
}
