import type { Frame, QuoteAnswer, Session } from './wire'

// Saved is what a tab keeps so that a reload returns to the same conversation. No message is ever stored in the browser.
export interface Saved {
  token: string
  conv: string
  handed: boolean // came from a signed-in host page
  info: Pick<Session, 'creditor_name' | 'collector_name' | 'desk_hours'>
}

export class Refused extends Error {
  constructor(
    public status: number,
    public retryAfter: number,
  ) {
    super(`status ${status}`)
  }
}

// Api is the REST side of the chat: the session, quotes, documents. It keeps no conversation state.
export class Api {
  readonly base = location.origin
  constructor(private creditor: string) {}

  async openSession(lang: string, hostToken?: string): Promise<Session> {
    const headers = { 'Content-Type': 'application/json' }
    const body = JSON.stringify({ creditor: this.creditor, token: hostToken, lang })
    const res = await this.call('/api/v1/chat/session', { method: 'POST', headers, body })
    return (await res.json()) as Session
  }

  async messages(s: Saved, after: number): Promise<Frame[]> {
    const res = await this.as(s, `messages?after=${after}`)
    const body = (await res.json()) as { frames?: Frame[] } | Frame[]
    return Array.isArray(body) ? body : (body.frames ?? [])
  }

  async quote(s: Saved, count: number, firstDue: string): Promise<QuoteAnswer> {
    const body = JSON.stringify({ count, first_due: firstDue })
    const res = await this.as(s, 'quote', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })
    return (await res.json()) as QuoteAnswer
  }

  async agreement(s: Saved, id: string, format = ''): Promise<Blob> {
    return (await this.as(s, `agreements/${encodeURIComponent(id)}?format=${format}`)).blob()
  }

  async exported(s: Saved): Promise<{ blob: Blob; name?: string }> {
    const res = await this.as(s, 'export')
    return { blob: await res.blob(), name: fileName(res.headers.get('Content-Disposition') ?? '') }
  }

  private as(s: Saved, path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...init.headers, Authorization: `Bearer ${s.token}` }
    return this.call(`/api/v1/chat/${encodeURIComponent(s.conv)}/${path}`, { ...init, headers })
  }

  private async call(path: string, init: RequestInit): Promise<Response> {
    const res = await fetch(this.base + path, { ...init, cache: 'no-store', credentials: 'omit' })
    if (!res.ok) throw new Refused(res.status, Number(res.headers.get('Retry-After')) || 0)
    return res
  }
}

function fileName(disposition: string): string | undefined {
  const star = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1]
  try {
    return star ? decodeURIComponent(star) : /filename="?([^";]+)"?/.exec(disposition)?.[1]
  } catch {
    return undefined
  }
}

const slot = (creditor: string) => `hejie:${creditor}`

export function load(creditor: string): Saved | undefined {
  try {
    const s = JSON.parse(sessionStorage.getItem(slot(creditor)) ?? 'null')
    return s && typeof s.token === 'string' && typeof s.conv === 'string' ? (s as Saved) : undefined
  } catch {
    return undefined
  }
}

export function save(creditor: string, s: Saved | undefined): void {
  try {
    if (s) sessionStorage.setItem(slot(creditor), JSON.stringify(s))
    else sessionStorage.removeItem(slot(creditor))
  } catch {
    // Storage may be blocked in a third-party frame: the token then lives in memory only.
  }
}
