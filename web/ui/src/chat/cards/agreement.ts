import { html, nothing, type TemplateResult } from 'lit'
import { amount, longDate, money, unit } from '../../shared/format'
import { icon } from '../icons'
import type { Agreement } from '../wire'
import { totalOf } from './balance'
import { CardElement } from './base'
import { firstDue, lastDue } from './offer-text'

// HjAgreement is the recap whose explicit yes makes an arrangement. The hard terms stand here, not only in the file.
export class HjAgreement extends CardElement {
  static properties = {
    ...CardElement.properties,
    ticked: { state: true },
    opening: { state: true },
    failed: { state: true },
    done: { state: true },
  }
  declare ticked: boolean
  declare opening: boolean
  declare failed: boolean
  declare done: '' | 'confirm' | 'decline'

  constructor() {
    super()
    this.ticked = this.opening = this.failed = false
    this.done = ''
  }

  render(): unknown {
    const a = this.card.agreement?.agreement
    if (!a) return nothing
    const { t, lang } = this.ctx
    const o = a.offer
    const n = o.instalments.length
    return html`<section class="card" aria-labelledby=${`${this.uid}h`}>
      <h2 id=${`${this.uid}h`}>${t('agreement')}</h2>
      <p class="meta">${n > 1 ? t('agr_instalments', { n }) : t('agr_once')}</p>
      <p class="big num">${this.mask(amount(o.total_fen))} <small>${unit(o.currency, lang)}</small></p>
      <dl class="terms">${this.rows(a).map(([k, v]) => html`<div><dt>${k}</dt><dd class="num">${v}</dd></div>`)}</dl>
      ${this.card.clauses?.length ? html`<h3 class="meta">${t('agr_terms')}</h3><ul class="why">${this.card.clauses.map((s) => html`<li>${s}</li>`)}</ul>` : nothing}
      ${this.document(a)} ${this.live && !this.done ? this.yes(a) : nothing}
      ${this.done === 'confirm' ? html`<p class="note ok">${icon('check')}${t('confirmed')}</p>` : nothing}
    </section>`
  }

  private rows(a: Agreement): [string, string][] {
    const { t, lang } = this.ctx
    const o = a.offer
    const m = (fen: number) => this.mask(money(fen, o.currency, lang))
    const each = o.instalments[0]?.amount_fen ?? 0
    const last = o.instalments[o.instalments.length - 1]?.amount_fen ?? 0
    const before = totalOf(a.before)
    const rows: [string, string][] = []
    if (o.instalments.length > 1) {
      rows.push([t('each'), each === last ? m(each) : t('agr_each_last', { each: m(each), last: m(last) })])
      rows.push([t('first'), longDate(firstDue(o), lang)], [t('last'), longDate(lastDue(o), lang)])
    } else rows.push([t('day'), longDate(firstDue(o), lang)])
    rows.push([
      t('agr_before'),
      o.waived_fen > 0 ? t('agr_before_waived', { before: m(before), waived: m(o.waived_fen) }) : m(before),
    ])
    if (a.creditor) rows.push([t('agr_creditor'), a.creditor])
    if (a.collector && a.collector !== a.creditor) rows.push([t('agr_collector'), a.collector])
    if (a.expires_at) rows.push([t('agr_valid'), longDate(a.expires_at, lang)])
    return rows
  }

  private document(a: Agreement): TemplateResult {
    const { t } = this.ctx
    const sha = this.card.doc_sha256 || a.sha256 || ''
    return html`<div class="doc">
        ${icon('doc', 24)}
        <div><b>${t('document')}</b><span class="hash">${a.id}</span>${sha ? html`<span class="hash" title=${sha}>SHA-256 ${sha.slice(0, 8)}…${sha.slice(-8)}</span>` : nothing}</div>
        <button class="link strong" aria-label=${`${t('open')}: ${t('document')}`} ?disabled=${this.opening} @click=${() => void this.open(a.id, sha)}>${t(this.opening ? 'opening' : 'open')}</button>
      </div>
      ${this.failed ? html`<p class="note" role="status">${t('open_failed')}</p>` : nothing}`
  }

  private async open(id: string, sha: string): Promise<void> {
    this.opening = true
    this.failed = false
    try {
      await this.ctx.openAgreement(id, sha)
    } catch {
      this.failed = true
    }
    this.opening = false
  }

  private get promise(): string {
    return this.card.confirm_text || this.ctx.t('agr_tick')
  }

  private yes(a: Agreement): TemplateResult {
    const { t } = this.ctx
    return html`<label class="tick">
        <input type="checkbox" .checked=${this.ticked} @change=${(e: Event) => (this.ticked = (e.target as HTMLInputElement).checked)} />
        <span>${this.promise}</span>
      </label>
      <div class="buttons">
        <button class="btn" @click=${() => this.answer('decline', a)}>${t('not_now')}</button>
        <button class="btn main" ?disabled=${!this.ticked} title=${this.ticked ? '' : t('tick_first')} @click=${() => this.answer('confirm', a)}>${t('confirm')}</button>
      </div>`
  }

  private answer(name: 'confirm' | 'decline', a: Agreement): void {
    this.done = name
    const { t } = this.ctx
    if (name === 'decline') {
      this.ctx.act({ name, ref: a.id }, t('act_decline'))
      return
    }
    // The hash and the words agreed to travel with the yes: the server compares both with its own.
    this.ctx.act(
      { name, ref: a.id, doc_sha256: this.card.doc_sha256 || a.sha256, confirm_text: this.promise },
      t('act_confirm'),
    )
  }
}

customElements.define('hj-agreement', HjAgreement)
