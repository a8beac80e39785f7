// The bridge to the page that embeds us. That page is not trusted: it may hand over a signed token and be told of unread
// messages; it never sees a word of the conversation.

export type FromHost =
  | { type: 'identify'; token: string }
  | { type: 'logout' }
  | { type: 'shown'; shown: boolean }
  | { type: 'lang'; lang: string }
export type ToHost = { type: 'ready' } | { type: 'close' } | { type: 'unread'; n: number } | { type: 'need_token' }

export class Host {
  readonly embedded = window.parent !== window
  private origin = ''
  private nonce = ''

  constructor(onMessage: (m: FromHost) => void) {
    const hash = new URLSearchParams(location.hash.slice(1))
    this.nonce = hash.get('n') ?? ''
    this.origin = safeOrigin(hash.get('o'))
    // Where the browser tells who embeds us, believe the browser, not the address.
    const real = location.ancestorOrigins?.[0]
    if (real && real !== this.origin) this.origin = ''
    window.addEventListener('message', (e: MessageEvent) => {
      if (!this.usable || e.source !== window.parent || e.origin !== this.origin) return
      const d = e.data
      if (!d || typeof d !== 'object' || d.hejie !== 1 || d.nonce !== this.nonce) return
      onMessage(d as FromHost)
    })
  }

  get usable(): boolean {
    return this.embedded && this.origin !== '' && this.nonce !== ''
  }

  tell(m: ToHost): void {
    if (this.usable) window.parent.postMessage({ hejie: 1, nonce: this.nonce, ...m }, this.origin)
  }
}

function safeOrigin(raw: string | null): string {
  try {
    const u = new URL(raw ?? '')
    return /^https?:$/.test(u.protocol) ? u.origin : ''
  } catch {
    return ''
  }
}
