import { html, LitElement, nothing } from 'lit'
import type { Ctx } from '../context'
import { icon } from '../icons'

const LIMIT = 4000

// HjComposer is the writing line. It stays usable without a network.
export class HjComposer extends LitElement {
  static properties = { ctx: { attribute: false }, hint: {}, limit: { type: Number }, draft: { state: true } }
  declare ctx: Ctx
  declare hint: string
  declare limit: number
  declare draft: string

  constructor() {
    super()
    this.hint = this.draft = ''
    this.limit = LIMIT
  }

  protected createRenderRoot(): HTMLElement {
    return this
  }

  render(): unknown {
    const { t } = this.ctx
    const long = [...this.draft].length > this.limit
    return html`<form class="composer" @submit=${this.submit}>
      ${long ? html`<p class="note" id="too-long" role="status">${t('too_long', { n: this.limit })}</p>` : nothing}
      <textarea rows="1" aria-label=${this.hint} placeholder=${this.hint} enterkeyhint="send" aria-describedby=${long ? 'too-long' : nothing}
        .value=${this.draft} @input=${this.typed} @keydown=${this.key}></textarea>
      <button class="send" aria-label=${t('send')} ?disabled=${long || this.draft.trim() === ''}>${icon('up', 22)}</button>
    </form>`
  }

  updated(): void {
    const box = this.querySelector('textarea')
    if (!box) return
    box.style.height = 'auto'
    box.style.height = `${Math.min(box.scrollHeight + 2, 160)}px`
  }

  focusBox(): void {
    this.querySelector('textarea')?.focus()
  }

  private typed(e: Event): void {
    this.draft = (e.target as HTMLTextAreaElement).value
    this.dispatchEvent(new CustomEvent('typing', { detail: this.draft !== '' }))
  }

  private key(e: KeyboardEvent): void {
    // Enter while an input method is composing chooses a word; it must not send half a sentence.
    if (e.key !== 'Enter' || e.shiftKey || e.isComposing || e.keyCode === 229) return
    this.submit(e)
  }

  private submit(e: Event): void {
    e.preventDefault()
    const text = this.draft.trim()
    if (text === '' || [...text].length > this.limit) return
    this.draft = ''
    this.ctx.say(text)
    this.focusBox()
  }
}

customElements.define('hj-composer', HjComposer)
