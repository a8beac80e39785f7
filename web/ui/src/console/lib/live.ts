// The console socket: tells that something happened, never what was said. It reconnects with growing, scattered pauses.
import type { SocketFrame } from './types'

export interface LiveHandlers {
  frame(f: SocketFrame): void
  state(up: boolean): void
  signedOut(): void
}

const sessionOver = 4401

export class Live {
  private ws?: WebSocket
  private tries = 0
  private stopped = false
  private timer?: ReturnType<typeof setTimeout>
  private beat?: ReturnType<typeof setInterval>
  private heard = 0
  private shown = ''

  constructor(private readonly on: LiveHandlers) {}

  start() {
    this.stopped = false
    this.connect()
    window.addEventListener('online', this.now)
  }

  stop() {
    this.stopped = true
    window.removeEventListener('online', this.now)
    clearTimeout(this.timer)
    clearInterval(this.beat)
    this.ws?.close(1000)
  }

  look(conversation: string) {
    this.shown = conversation
    this.send({ t: 'look', conversation_id: conversation })
  }

  typing(on: boolean) {
    this.send({ t: 'typing', on })
  }

  private readonly now = () => {
    if (this.stopped || this.ws?.readyState === WebSocket.OPEN) return
    clearTimeout(this.timer)
    this.connect()
  }

  private connect() {
    const ws = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws/v1/console`)
    this.ws = ws
    ws.onopen = () => {
      this.tries = 0
      this.heard = Date.now()
      this.on.state(true)
      if (this.shown) this.look(this.shown)
      clearInterval(this.beat)
      this.beat = setInterval(() => this.pulse(ws), 20_000)
    }
    ws.onmessage = (e) => {
      this.heard = Date.now()
      this.on.frame(JSON.parse(String(e.data)) as SocketFrame)
    }
    ws.onclose = (e) => {
      if (this.ws !== ws) return
      clearInterval(this.beat)
      if (this.stopped) return
      this.on.state(false)
      if (e.code === sessionOver) return this.on.signedOut()
      this.again()
    }
  }

  // A browser cannot see a dead peer by itself: no answer to a ping in a whole beat means it is gone.
  private pulse(ws: WebSocket) {
    if (Date.now() - this.heard > 45_000) ws.close(4000)
    else this.send({ t: 'ping' })
  }

  private again() {
    const cap = Math.min(20_000, 500 * 2 ** this.tries++)
    this.timer = setTimeout(() => this.connect(), 200 + Math.random() * cap)
  }

  private send(f: object) {
    if (this.ws?.readyState === WebSocket.OPEN) this.ws.send(JSON.stringify(f))
  }
}
