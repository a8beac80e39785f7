import { type Api, load, Refused, type Saved, save } from './api'
import { Client } from './link/client'
import { jitter } from './link/backoff'
import type { Host } from './host'
import type { Session } from './wire'

const HOST_TOKEN_WAIT = 3_000

// Sessions owns the one live client: it opens, replaces and ends sessions as the host page and the server demand.
export class Sessions {
  client?: Client
  saved?: Saved
  failing = false
  private lastHostToken = ''
  private attempt = 0
  private timer?: ReturnType<typeof setTimeout>
  private opening = false
  private early: string[] = [] // written before there was a session
  private run = 0 // a newer start makes an older answer stale

  constructor(
    private api: Api,
    private creditor: string,
    private host: Host,
    private lang: () => string,
    private changed: () => void,
  ) {}

  // begin resumes this tab's conversation, or opens one.
  begin(): void {
    if (this.client || this.opening) return // a token handed over a moment ago comes first
    const saved = load(this.creditor)
    if (saved) this.use(saved)
    else this.open()
  }

  // say sends a text, or keeps it until the first session is there: what a person wrote is never dropped.
  say(text: string): void {
    if (this.client) this.client.text(text)
    else this.early.push(text)
  }

  // identify takes the host's signed token. The same token is never used twice: the server would refuse it.
  identify(token: string): void {
    if (token === this.lastHostToken) return
    this.lastHostToken = token
    this.open(token)
  }

  // logout forgets the token in this tab. Ending it on the server is the portal's to ask, with a token of its own.
  logout(): void {
    this.drop()
    this.lastHostToken = ''
    this.open()
  }

  // again starts a fresh conversation after the old one was closed.
  again(): void {
    this.drop()
    this.open()
  }

  // here takes the conversation back from another tab, or tries once more after a fault.
  here(): void {
    if (this.saved) this.use(this.saved)
    else this.again()
  }

  private drop(): void {
    this.client?.stop()
    this.client = undefined
    this.saved = undefined
    save(this.creditor, undefined)
    this.changed()
  }

  private open(hostToken?: string): void {
    const run = ++this.run
    this.opening = true
    clearTimeout(this.timer)
    this.api.openSession(this.lang(), hostToken).then(
      (s) => run === this.run && this.opened(s, !!hostToken),
      (e) => run === this.run && this.refused(e, hostToken),
    )
  }

  private opened(s: Session, handed: boolean): void {
    this.attempt = 0
    this.failing = this.opening = false
    const { creditor_name, collector_name, desk_hours } = s
    const saved: Saved = {
      token: s.token,
      conv: s.conversation_id,
      handed,
      info: { creditor_name, collector_name, desk_hours },
    }
    save(this.creditor, saved)
    this.use(saved)
  }

  private refused(e: unknown, hostToken: string | undefined): void {
    const status = e instanceof Refused ? e.status : 0
    if (hostToken && status >= 400 && status < 500 && status !== 429) {
      // The host's token is bad or used up: tell it, and go on as a visitor meanwhile.
      this.opening = false
      this.host.tell({ type: 'need_token' })
      if (!this.client) this.begin()
      return
    }
    this.failing = true
    this.changed()
    const wait = Math.max(1_000, (e instanceof Refused ? e.retryAfter : 0) * 1_000, jitter(this.attempt++))
    this.timer = setTimeout(() => this.open(hostToken), wait)
  }

  private use(saved: Saved): void {
    const unsent = this.client?.transcript.unacked() ?? []
    const same = this.saved?.conv === saved.conv || this.saved === undefined || !this.saved.handed
    this.client?.stop()
    this.saved = saved
    const client = new Client({ base: this.api.base, conv: saved.conv, token: saved.token }, this.lang(), {
      changed: () => this.changed(),
      needToken: () => this.lost(saved),
      refresh: () => this.lost(saved),
      fetchAfter: (after) => this.api.messages(saved, after),
    })
    this.client = client
    // What was written but never stored moves along, unless somebody else may be at the keyboard now.
    if (same) for (const o of unsent) if (o.kind === 'text' && o.text) client.text(o.text)
    for (const text of this.early.splice(0)) client.text(text)
    client.start()
    this.changed()
  }

  // lost: the server no longer knows this session. A signed-in page may hand over a new token; else we go on as a visitor.
  private lost(old: Saved): void {
    if (this.saved !== old) return
    save(this.creditor, undefined)
    if (!old.handed) {
      this.open()
      return
    }
    this.host.tell({ type: 'need_token' })
    const run = ++this.run
    this.timer = setTimeout(() => {
      if (run === this.run) this.again()
    }, HOST_TOKEN_WAIT)
  }
}
