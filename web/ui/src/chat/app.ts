import { html, LitElement, nothing, type PropertyValues } from 'lit'
import { type Lang, localDay, toLang } from '../shared/format'
import { Api } from './api'
import { aboutMoney } from './cards'
import type { Ctx } from './context'
import { type FromHost, Host } from './host'
import { type Key, loadLanguage, translator } from './i18n'
import { icon } from './icons'
import type { Item } from './link/transcript'
import { Sessions } from './session'
import type { Card, QuickItem } from './wire'
import { isNotice, type RowOptions, row } from './views/bubble'
import { type Frame, firstChoices, header, intro, strip } from './views/chrome'
import type { HjComposer } from './views/composer'
import './views/composer'
import { type Paper, saveBlob } from './views/paper'
import { answeredBy, crisisStart, liveCards, named, quickOf, visible } from './view-model'

// HjChat is the whole panel: it draws the transcript and passes what the person does to the client.
export class HjChat extends LitElement {
  static properties = {
    paper: { state: true },
    lang: { type: String, reflect: true },
    masked: { state: true },
    below: { state: true },
    exportFailed: { state: true },
  }
  declare lang: Lang
  declare masked: boolean
  declare paper?: Paper // the agreement being read
  declare below: boolean // something new waits under the fold
  declare exportFailed: boolean
  private host: Host
  private api: Api
  private sessions: Sessions
  private shown = true
  private readSeq = 0
  private told = -1
  private drawn = new Set<string>()
  private conv = ''
  private settled = false

  constructor() {
    super()
    const q = new URLSearchParams(location.search)
    this.lang = toLang(q.get('lang') ?? navigator.language)
    this.masked = this.below = this.exportFailed = false
    this.api = new Api(q.get('creditor') ?? '')
    this.host = new Host((m) => this.fromHost(m))
    this.sessions = new Sessions(
      this.api,
      q.get('creditor') ?? '',
      this.host,
      () => this.lang,
      () => this.requestUpdate(),
    )
    // A page that embeds us speaks first: it may hold a signed token, and one session is better than two.
    if (this.host.usable) {
      this.host.tell({ type: 'ready' })
      setTimeout(() => this.sessions.begin(), 1_000)
    } else this.sessions.begin()
  }

  protected createRenderRoot(): HTMLElement {
    return this
  }

  connectedCallback(): void {
    super.connectedCallback()
    addEventListener('online', () => this.sessions.client?.wake())
    addEventListener('offline', () => this.sessions.client?.sleep())
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.sessions.client?.wake()
      this.requestUpdate()
    })
    addEventListener('keydown', (e) => {
      if (e.key === 'Escape' && !e.isComposing) this.host.tell({ type: 'close' })
    })
  }

  private fromHost(m: FromHost): void {
    if (m.type === 'identify') this.sessions.identify(String(m.token))
    else if (m.type === 'logout') this.sessions.logout()
    else if (m.type === 'lang') this.lang = toLang(m.lang)
    else if (m.type === 'shown') {
      this.shown = m.shown
      if (m.shown) {
        this.sessions.begin()
        // A phone's keyboard would cover the greeting.
        if (matchMedia('(hover: hover)').matches)
          void this.updateComplete.then(() => this.querySelector<HjComposer>('hj-composer')?.focusBox())
      }
      this.requestUpdate()
    }
  }

  private ctx(): Ctx {
    const t = translator(this.lang)
    const api = this.api
    const saved = () => {
      if (!this.sessions.saved) throw new Error('no session')
      return this.sessions.saved
    }
    return {
      lang: this.lang,
      t,
      masked: this.masked,
      setMasked: (on) => (this.masked = on),
      act: (a, label) => this.sessions.client?.action(a, label),
      say: (text) => this.sessions.say(text),
      quote: async (count, first) => api.quote(saved(), count, first),
      openAgreement: async (id, sha) => {
        const bytes = await (await api.agreement(saved(), id)).arrayBuffer()
        this.paper = { bytes, sha, name: id, pdf: () => api.agreement(saved(), id, 'pdf') }
      },
    }
  }

  protected willUpdate(changed: PropertyValues): void {
    if (changed.has('lang')) {
      document.documentElement.lang = this.lang
      void loadLanguage(this.lang).then(() => {
        document.title = translator(this.lang)('title')
        this.requestUpdate()
      })
      this.sessions.client?.setLang(this.lang)
    }
    // Another conversation: nothing of the last one may linger.
    const conv = this.sessions.saved?.conv ?? ''
    if (conv !== this.conv) {
      this.conv = conv
      this.drawn.clear()
      this.readSeq = 0
      this.settled = false
    }
  }

  render(): unknown {
    const ctx = this.ctx()
    const client = this.sessions.client
    const all = named(client?.transcript.items ?? [])
    const from = crisisStart(all)
    const crisis = from >= 0
    const items = visible(crisis ? all.slice(from) : all)
    const agent = all.findLast((i) => (i.kind === 'agent' && i.event === 'joined') || i.role === 'agent')?.name
    const f: Frame = {
      ctx,
      info: this.sessions.saved?.info ?? {},
      state: client?.state ?? 'bot',
      agent,
      crisis,
      embedded: this.host.usable,
      close: () => this.host.tell({ type: 'close' }),
    }
    const fresh = !crisis && !all.some((i) => i.role === 'user')
    // With a person there, nobody needs to be called.
    const quick = fresh ? [] : quickOf(items).filter((q) => q.id !== 'person' || f.state === 'bot')
    return html`${header(f)} ${this.banner(ctx)}
      <main @scroll=${this.scrolled} tabindex="-1">
        ${fresh ? intro(f, client?.assurance ?? 'anon') : nothing}
        <div role="log" aria-label=${ctx.t('log')} aria-live=${this.settled ? 'polite' : 'off'} aria-relevant="additions">
          <ol class="log">${this.rows(items, ctx, crisis)}</ol>
        </div>
        ${this.pending(ctx)} ${crisis ? this.companion(f) : nothing}
        ${fresh && client ? firstChoices(f) : nothing}
        ${quick.length ? html`<div class="quick">${quick.map((q) => html`<button class="pill" @click=${() => this.reply(q, ctx)}>${q.label}</button>`)}</div>` : nothing}
      </main>
      <footer>
        ${this.below ? html`<button class="jump" @click=${() => this.toEnd()}>${icon('down', 18)}${ctx.t('new_messages')}</button>` : nothing}
        ${crisis ? nothing : strip(f, () => void this.export())}
        ${this.exportFailed ? html`<p class="note" role="status">${ctx.t('export_failed')}</p>` : nothing}
        ${client?.state === 'closed' ? this.closed(ctx) : html`<hj-composer .ctx=${ctx} .hint=${ctx.t(this.hintKey(items, crisis))} .limit=${client?.limits.text_runes ?? 4000} @typing=${(e: CustomEvent<boolean>) => client?.sendTyping(e.detail)}></hj-composer>`}
      </footer>
      ${this.paper ? html`<hj-paper .ctx=${ctx} .paper=${this.paper} @close=${() => (this.paper = undefined)}></hj-paper>` : nothing}`
  }

  private rows(items: Item[], ctx: Ctx, crisis: boolean): unknown {
    const live = liveCards(items)
    return items.map((item, n) => {
      const before = items[n - 1]
      const after = items[n + 1]
      const joined = (a?: Item, b?: Item) =>
        a &&
        b &&
        a.role === b.role &&
        a.name === b.name &&
        a.kind !== 'agent' &&
        b.kind !== 'agent' &&
        b.ms - a.ms < 300_000
      const newDay = before ? localDay(before.ms) !== localDay(item.ms) : localDay(item.ms) !== localDay(Date.now())
      const o: RowOptions = {
        first: !joined(before, item),
        last: !joined(item, after),
        newDay,
        hideMoney: crisis,
        isLive: (c: Card) => live.has(c) && !answeredBy(c, items.slice(n + 1)) && !(crisis && aboutMoney.has(c.type)),
        retry: (cid) => this.sessions.client?.retry(cid),
      }
      return row(item, ctx, o)
    })
  }

  private hintKey(items: Item[], crisis: boolean): Key {
    if (crisis) return 'composer_crisis'
    const last = items.flatMap((i) => i.cards).findLast((c) => c.type !== 'quick_replies')?.type
    return last === 'plan_offer' ? 'composer_offers' : last === 'agreement' ? 'composer_agreement' : 'composer'
  }

  private reply(q: QuickItem, ctx: Ctx): void {
    ctx.act({ name: 'reply', ref: q.id }, q.label)
  }

  // pending is what is not yet a message: a streamed draft, "being checked", or the typing dots.
  private pending(ctx: Ctx): unknown {
    const c = this.sessions.client
    if (!c) return nothing
    const streams = [...c.transcript.streams.values()].filter(Boolean)
    if (streams.length)
      return streams.map(
        (s) => html`<div class="msg bot first"><div class="bubble" aria-hidden="true">${s}</div></div>`,
      )
    if (c.transcript.held) return html`<p class="held" role="status">${ctx.t('held')}</p>`
    if (!c.typingBy) return nothing
    return html`<div class=${`msg first ${c.state === 'agent' ? 'agent' : 'bot'}`}><div class="bubble dots" role="img" aria-label=${ctx.t('typing')}><i></i><i></i><i></i></div></div>`
  }

  private companion(f: Frame): unknown {
    const { t } = f.ctx
    // Nobody is promised who was not called.
    if (f.state !== 'queue' && f.state !== 'agent') return nothing
    const here = f.state === 'agent' && f.agent
    return html`<div class="companion"><span class="face">${here ? [...(f.agent ?? '')][0] : icon('phone', 20)}</span>
      <div><b>${here ? t('crisis_here', { name: f.agent ?? '' }) : t('crisis_coming')}</b><span>${t('crisis_person')}</span></div></div>`
  }

  private banner(ctx: Ctx): unknown {
    const c = this.sessions.client
    const line = (key: Key, button?: Key, go?: () => void) =>
      html`<p class="banner" role="status"><span>${ctx.t(key)}</span>${button ? html`<button class="link strong" @click=${go}>${ctx.t(button)}</button>` : nothing}</p>`
    if (!c) return this.sessions.failing ? line('session_failed') : nothing
    if (c.link === 'offline') return line('offline')
    if (c.link !== 'stopped' || c.state === 'closed') return nothing
    if (c.why === 'other_tab') return line('other_tab', 'use_here', () => this.sessions.here())
    if (c.why === 'fault') return line('fault', 'try_again', () => this.sessions.here())
    return c.why === 'closed' ? line('ended', 'start_again', () => this.sessions.again()) : nothing
  }

  private closed(ctx: Ctx): unknown {
    return html`<div class="closed"><p>${ctx.t('ended')}</p><button class="btn main" @click=${() => this.sessions.again()}>${ctx.t('start_again')}</button></div>`
  }

  private async export(): Promise<void> {
    this.exportFailed = false
    try {
      if (!this.sessions.saved) throw new Error('no session')
      const { blob, name } = await this.api.exported(this.sessions.saved)
      saveBlob(blob, name ?? `${translator(this.lang)('export_name')}-${localDay(Date.now())}.json`)
    } catch {
      this.exportFailed = true
    }
  }

  protected updated(): void {
    const items = this.sessions.client?.transcript.items ?? []
    const news = items.filter((i) => !this.drawn.has(i.key))
    for (const i of news) this.drawn.add(i.key)
    if (news.length) void this.follow(news, items)
    this.countUnread(items)
    // Replayed history is not read aloud; what comes after it is.
    if (!this.settled && this.sessions.client?.link === 'online') {
      setTimeout(() => {
        this.settled = true
        this.requestUpdate()
      }, 1_500)
    }
  }

  private countUnread(items: Item[]): void {
    const seen = this.sessions.client?.transcript.seen ?? 0
    if (this.shown && document.visibilityState === 'visible') {
      if (seen > this.readSeq) this.sessions.client?.seenByPerson()
      this.readSeq = seen
    }
    const n = items.filter((i) => (i.role === 'bot' || i.role === 'agent') && (i.seq ?? 0) > this.readSeq).length
    if (n !== this.told) this.host.tell({ type: 'unread', n })
    this.told = n
  }

  // follow keeps the newest in view; a card taller than the window is shown from its top, because that is where it begins.
  private async follow(news: Item[], items: Item[]): Promise<void> {
    const main = this.querySelector('main')
    if (!main) return
    const mine = news.some((i) => i.role === 'user' && !i.replayed)
    const near = main.scrollHeight - main.scrollTop - main.clientHeight < 160 + this.grown(news.length)
    await new Promise(requestAnimationFrame)
    if (items.length === 1 && !mine) return
    if (!mine && !near && !news.every((i) => i.replayed)) {
      this.below = true
      return
    }
    this.toEnd()
    const first = this.querySelectorAll<HTMLElement>('.log > .msg')
    const top = first[first.length - news.filter((i) => !isNotice(i)).length]
    if (top && !mine && main.scrollTop > top.offsetTop - 8) main.scrollTop = top.offsetTop - 8
  }

  private grown(n: number): number {
    const rows = [...this.querySelectorAll<HTMLElement>('.log > li')].slice(-n)
    return rows.reduce((sum, r) => sum + r.offsetHeight, 0)
  }

  private scrolled(): void {
    const main = this.querySelector('main')
    if (main && this.below && main.scrollHeight - main.scrollTop - main.clientHeight < 80) this.below = false
  }

  private toEnd(): void {
    const main = this.querySelector('main')
    if (main) main.scrollTop = main.scrollHeight
    this.below = false
  }
}

customElements.define('hj-chat', HjChat)
