import type { Frame } from '../wire'

// Pipe is what a transport tells the client. `closed` comes once, whatever happened.
export interface Pipe {
  ready(): void // frames can flow now
  frame(f: Frame): void
  closed(code: number): void
}

export interface Transport {
  readonly kind: 'ws' | 'sse' | 'poll'
  open(after: number, epoch: string): void
  send(f: Frame): void
  close(): void
}

export interface Where {
  base: string // origin of the chat server
  conv: string
  token: string
}

export function parseFrame(raw: string): Frame | undefined {
  try {
    const f = JSON.parse(raw)
    return f && typeof f.t === 'string' ? (f as Frame) : undefined
  } catch {
    return undefined
  }
}

export class WsTransport implements Transport {
  readonly kind = 'ws'
  private ws?: WebSocket
  private done = false
  constructor(
    private where: Where,
    private pipe: Pipe,
  ) {}

  open(): void {
    const url = `${this.where.base.replace(/^http/, 'ws')}/ws/v1/chat`
    try {
      this.ws = new WebSocket(url, 'debtchat.v1')
    } catch {
      this.finish(1006)
      return
    }
    this.ws.onopen = () => this.pipe.ready()
    this.ws.onmessage = (e) => {
      const f = parseFrame(String(e.data))
      if (f && !this.done) this.pipe.frame(f)
    }
    this.ws.onclose = (e) => this.finish(e.code)
  }

  send(f: Frame): void {
    if (this.ws?.readyState === WebSocket.OPEN) this.ws.send(JSON.stringify(f))
  }

  close(): void {
    this.done = true
    this.ws?.close(1000)
  }

  private finish(code: number): void {
    if (this.done) return
    this.done = true
    this.pipe.closed(code)
  }
}

// HttpTransport is what the two fallbacks share: frames go up by POST, and the answer to a POST is a frame too.
abstract class HttpTransport implements Transport {
  abstract readonly kind: 'sse' | 'poll'
  protected done = false
  protected abort = new AbortController()
  private queue: Promise<void> = Promise.resolve()
  constructor(
    protected where: Where,
    protected pipe: Pipe,
  ) {}

  abstract open(after: number, epoch: string): void

  send(f: Frame): void {
    // One at a time: the server must see messages in the order they were written.
    this.queue = this.queue.then(() => this.post(f))
  }

  close(): void {
    this.done = true
    this.abort.abort()
  }

  private async post(f: Frame): Promise<void> {
    if (this.done) return
    try {
      const res = await this.fetch('frames', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(f),
      })
      const back = res.ok ? parseFrame(await res.text()) : await failure(res, f)
      if (back && !this.done) this.pipe.frame(back)
      if (res.status === 401) this.finish(4401)
    } catch {
      // Not fatal: the message stays unacknowledged and goes out again.
    }
  }

  protected fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.where.base}/api/v1/chat/${encodeURIComponent(this.where.conv)}/${path}`, {
      ...init,
      signal: this.abort.signal,
      cache: 'no-store',
      credentials: 'omit',
      headers: { ...init.headers, Authorization: `Bearer ${this.where.token}` },
    })
  }

  protected finish(code: number): void {
    if (this.done) return
    this.done = true
    this.abort.abort()
    this.pipe.closed(code)
  }
}

// failure turns an HTTP refusal into the error frame a socket would have brought.
async function failure(res: Response, f: Frame): Promise<Frame> {
  const body = (await res.json().catch(() => ({}))) as { code?: string }
  const temporary = res.status === 429 || res.status >= 500
  const retry_after_ms = Number(res.headers.get('Retry-After')) * 1_000 || undefined
  return { t: 'error', p: { code: body.code ?? 'internal', temporary, retry_after_ms, re: f.id, cid: f.p?.cid } }
}

export function closeCodeOf(status: number): number {
  if (status === 401) return 4401
  if (status === 403) return 4403
  if (status === 404) return 4404
  if (status === 410) return 4410
  if (status === 429) return 4429
  return 1006
}

export class SseTransport extends HttpTransport {
  readonly kind = 'sse'

  open(after: number, epoch: string): void {
    void this.read(after, epoch)
  }

  private async read(after: number, epoch: string): Promise<void> {
    try {
      const res = await this.fetch(`events?after=${after}&epoch=${encodeURIComponent(epoch)}`, {
        headers: { Accept: 'text/event-stream' },
      })
      if (!res.ok || !res.body) return this.finish(closeCodeOf(res.status))
      const reader = res.body.pipeThrough(new TextDecoderStream()).getReader()
      const lines = new SseLines((data, event) => {
        if (event === 'close') return this.finish(codeIn(data))
        const f = parseFrame(data)
        if (f && !this.done) this.pipe.frame(f)
      })
      for (let first = true; ; first = false) {
        const { done, value } = await reader.read()
        if (done) return this.finish(1006)
        if (first) this.pipe.ready()
        lines.push(value)
      }
    } catch {
      this.finish(1006)
    }
  }
}

function codeIn(data: string): number {
  try {
    return Number(JSON.parse(data).code) || 1006
  } catch {
    return 1006
  }
}

// SseLines cuts a stream into events. Comments (padding, heartbeats) fall through.
export class SseLines {
  private rest = ''
  private data: string[] = []
  private event = ''
  constructor(private emit: (data: string, event: string) => void) {}

  push(chunk: string): void {
    const lines = (this.rest + chunk).split(/\r?\n/)
    this.rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line === '') {
        if (this.data.length) this.emit(this.data.join('\n'), this.event)
        this.data = []
        this.event = ''
      } else if (line.startsWith('event:')) {
        this.event = line.slice(6).trim()
      } else if (line.startsWith('data:')) this.data.push(line.slice(5).replace(/^ /, ''))
    }
  }
}

export class PollTransport extends HttpTransport {
  readonly kind = 'poll'

  open(after: number): void {
    void this.loop(after)
  }

  private async loop(after: number): Promise<void> {
    for (let first = true; !this.done; first = false) {
      try {
        const res = await this.fetch(`poll?after=${after}&wait=${first ? 0 : 25}`)
        if (!res.ok) return this.finish(closeCodeOf(res.status))
        const body = (await res.json()) as { frames?: Frame[]; close?: number }
        if (first && !this.done) this.pipe.ready()
        for (const f of body.frames ?? []) {
          after = Math.max(after, f.seq ?? 0)
          if (!this.done) this.pipe.frame(f)
        }
        if (body.close) return this.finish(body.close)
      } catch {
        return this.finish(1006)
      }
    }
  }
}
