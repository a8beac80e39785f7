import { html, nothing, type TemplateResult } from 'lit'
import type { Key } from '../i18n'
import { CardElement } from './base'

const factors = ['name', 'phone_last4', 'id_last4'] as const
type Factor = (typeof factors)[number]

// enough factors to send: any two, where more than two are asked.
const ENOUGH = 2

// readFactors checks what was written. A blank one is fine as long as enough others are there.
export function readFactors(
  asked: Factor[],
  values: Partial<Record<Factor, string>>,
): { fields: Record<string, string>; faults: Partial<Record<Factor, Key>> } {
  const fields: Record<string, string> = {}
  const faults: Partial<Record<Factor, Key>> = {}
  const filled = asked.filter((f) => values[f])
  for (const f of filled) {
    const value = values[f] ?? ''
    const form = { name: /./, phone_last4: /^\d{4}$/, id_last4: /^\d{3}[\dXx]$/ }[f]
    if (!form.test(value)) faults[f] = 'need_4'
    fields[f] = f === 'id_last4' ? value.toUpperCase() : value
  }
  const missing = Math.min(ENOUGH, asked.length) - filled.length
  for (const f of asked.filter((x) => !values[x]).slice(0, Math.max(0, missing))) {
    faults[f] = f === 'name' ? 'need_name' : 'need_4'
  }
  return { fields, faults }
}

// HjVerify asks for identity factors. They go out once as an action; neither we nor the echo keep them.
export class HjVerify extends CardElement {
  static properties = { ...CardElement.properties, faults: { state: true }, sent: { state: true } }
  declare faults: Partial<Record<Factor, Key>>
  declare sent: boolean

  constructor() {
    super()
    this.faults = {}
    this.sent = false
  }

  render(): unknown {
    const v = this.card.verify
    if (!v) return nothing
    const { t } = this.ctx
    const asked = factors.filter((f) => v.methods.includes(f))
    return html`<form class="card" aria-labelledby=${`${this.uid}h`} novalidate @submit=${(e: Event) => this.submit(e, asked)}>
      <div class="card-head"><h2 id=${`${this.uid}h`}>${t('verify')}</h2></div>
      <p class="meta">${t('verify_why')}</p>
      ${
        this.live && !this.sent
          ? html`${asked.map((f) => this.field(f))}
            ${v.tries_left > 0 && v.tries_left < 3 ? html`<p class="note">${t('tries', { n: v.tries_left })}</p>` : nothing}
            <div class="buttons"><button class="btn main" type="submit">${t('verify_send')}</button></div>`
          : html`<p class="note ok">${t('submitted')}</p>`
      }
    </form>`
  }

  private field(f: Factor): TemplateResult {
    const { t } = this.ctx
    const id = `${this.uid}-${f}`
    const fault = this.faults[f]
    const hint = f === 'id_last4' ? t('id_hint') : ''
    return html`<div class="field">
      <label for=${id}>${t(f)}</label>
      <input id=${id} name=${f} type="text" autocomplete=${f === 'name' ? 'name' : 'off'} inputmode=${f === 'phone_last4' ? 'numeric' : 'text'}
        maxlength=${f === 'name' ? 40 : 4} autocapitalize="characters" spellcheck="false" aria-invalid=${fault ? 'true' : 'false'} aria-describedby=${`${id}-d`} />
      <span id=${`${id}-d`} class=${fault ? 'fault' : 'meta'}>${fault ? t(fault) : hint}</span>
    </div>`
  }

  private submit(e: Event, asked: Factor[]): void {
    e.preventDefault()
    const values: Partial<Record<Factor, string>> = {}
    for (const f of asked) {
      values[f] = (this.querySelector<HTMLInputElement>(`[name=${f}]`)?.value ?? '').normalize('NFKC').trim()
    }
    const { fields, faults } = readFactors(asked, values)
    this.faults = faults
    const bad = asked.find((f) => faults[f])
    if (bad) {
      this.querySelector<HTMLInputElement>(`[name=${bad}]`)?.focus()
      return
    }
    this.sent = true
    this.ctx.act({ name: 'verify', fields }, this.ctx.t('act_verify'))
  }
}

// HjForm takes a hardship or dispute statement in the person's own words.
export class HjForm extends CardElement {
  static properties = { ...CardElement.properties, fault: { state: true }, sent: { state: true } }
  declare fault: boolean
  declare sent: boolean

  constructor() {
    super()
    this.fault = this.sent = false
  }

  render(): unknown {
    const kind = this.card.form?.kind === 'dispute' ? 'dispute' : 'hardship'
    const { t } = this.ctx
    const id = `${this.uid}-t`
    return html`<form class="card" aria-labelledby=${`${this.uid}h`} novalidate @submit=${(e: Event) => this.submit(e, kind)}>
      <div class="card-head"><h2 id=${`${this.uid}h`}>${t(`${kind}_form`)}</h2></div>
      ${
        this.live && !this.sent
          ? html`<div class="field">
              <label class="sr" for=${id}>${t('form_text')}</label>
              <textarea id=${id} rows="4" maxlength="2000" aria-describedby=${`${id}-d`} aria-invalid=${this.fault ? 'true' : 'false'}></textarea>
              <span id=${`${id}-d`} class=${this.fault ? 'fault' : 'meta'}>${t(this.fault ? 'need_text' : `${kind}_hint`)}</span>
            </div>
            <div class="buttons"><button class="btn main" type="submit">${t('form_send')}</button></div>`
          : html`<p class="note ok">${t('submitted')}</p>`
      }
    </form>`
  }

  private submit(e: Event, kind: 'hardship' | 'dispute'): void {
    e.preventDefault()
    const box = this.querySelector('textarea')
    const text = box?.value.trim() ?? ''
    this.fault = text === ''
    if (this.fault) {
      box?.focus()
      return
    }
    this.sent = true
    this.ctx.act({ name: kind, fields: { text } }, text)
  }
}

// HjCsat asks once; one tap answers.
export class HjCsat extends CardElement {
  static properties = { ...CardElement.properties, given: { state: true } }
  declare given: number

  constructor() {
    super()
    this.given = 0
  }

  render(): unknown {
    const { t } = this.ctx
    const scores = [1, 2, 3, 4, 5] as const
    return html`<section class="card" aria-labelledby=${`${this.uid}h`}>
      <h2 id=${`${this.uid}h`}>${t('csat')}</h2>
      ${
        this.given || !this.live
          ? html`<p class="note ok">${t('csat_done')}</p>`
          : html`<div class="scores" role="group" aria-labelledby=${`${this.uid}h`}>
            ${scores.map((n) => html`<button class="pill" @click=${() => this.rate(n)}>${t(`csat_${n}`)}</button>`)}
          </div>`
      }
    </section>`
  }

  private rate(n: 1 | 2 | 3 | 4 | 5): void {
    this.given = n
    this.ctx.act({ name: 'csat', fields: { score: String(n) } }, this.ctx.t('act_csat', { n: this.ctx.t(`csat_${n}`) }))
  }
}

customElements.define('hj-verify', HjVerify)
customElements.define('hj-form', HjForm)
customElements.define('hj-csat', HjCsat)
