import { html, nothing, type TemplateResult } from 'lit'
import { amount, longDate, money, shortDay, unit } from '../../shared/format'
import { isKey } from '../i18n'
import { icon } from '../icons'
import type { BalanceCard, LedgerLine } from '../wire'
import { CardElement } from './base'
import { fold } from './fold'
import { splitBar } from './split-bar'

export const components = ['principal', 'interest', 'penalty', 'fees'] as const
type Component = (typeof components)[number]

// signed is what a ledger line does to the balance.
export function signed(l: LedgerLine): number {
  return l.kind === 'payment' || l.kind === 'waiver' ? -l.amount_fen : l.amount_fen
}

export function totalOf(b: BalanceCard['balance']): number {
  return b.principal_fen + b.interest_fen + b.penalty_fen + b.fees_fen
}

// isWords tells an explanation from an internal reference such as "import:row-7", which people must never see.
export function isWords(basis: string | undefined): basis is string {
  return !!basis && /[\u3400-\u9fff]|\s/.test(basis)
}

export class HjBalance extends CardElement {
  render(): unknown {
    const b = this.card.balance
    if (!b) return nothing
    const { t, lang } = this.ctx
    const total = totalOf(b.balance)
    const debt = `debt_${b.debt_type}`
    const title = isKey(debt) ? t(debt) : t('debt_other')
    return html`<section class="card" aria-labelledby=${`${this.uid}h`}>
      <div class="card-head">
        <h2 id=${`${this.uid}h`}>${title}${b.no4 ? html`<span class="no4">${t('no4', { n: b.no4 })}</span>` : nothing}</h2>
        ${this.maskButton()}
      </div>
      <p class="meta">${t('as_of', { date: longDate(b.balance.as_of, lang) })}</p>
      <p class="big num">${this.mask(amount(total))} <small>${unit(b.currency, lang)}</small></p>
      ${splitBar(this.parts(b), this.spoken(b, total))}
      ${this.table(b, total)}
      ${b.excess_fen ? html`<p class="note">${t('excess', { money: this.mask(money(b.excess_fen, b.currency, lang)) })}</p>` : nothing}
      ${this.lines(b, total)}
      ${this.live ? this.foot() : nothing}
    </section>`
  }

  private parts(b: BalanceCard): { name: Component; value: number }[] {
    return components.map((name) => ({ name, value: b.balance[`${name}_fen`] }))
  }

  private spoken(b: BalanceCard, total: number): string {
    const { t, lang } = this.ctx
    const say = (fen: number) => (this.ctx.masked ? t('hidden') : money(fen, b.currency, lang))
    const parts = this.parts(b).map((p) => `${t(p.name)} ${say(p.value)}`)
    return t('split_spoken', { total: say(total), parts: parts.join(lang === 'en' ? ', ' : '，') })
  }

  private maskButton(): TemplateResult {
    const { t, masked } = this.ctx
    return html`<button class="link" aria-pressed=${masked ? 'true' : 'false'} @click=${() => this.ctx.setMasked(!masked)}>
      ${icon(masked ? 'eye' : 'eye_off')}${t(masked ? 'show' : 'hide')}
    </button>`
  }

  private table(b: BalanceCard, total: number): TemplateResult {
    const { t, lang } = this.ctx
    const daily = b.daily_interest_fen
    return html`<table class="rows">
      <thead class="sr"><tr><th scope="col">${t('part')}</th><th scope="col">${t('sum')}</th></tr></thead>
      <tbody>
        ${this.parts(b).map(
          (p) => html`<tr>
            <th scope="row"><span class="dot ${p.name}"></span>${t(p.name)}
              ${p.name === 'interest' && daily ? html`<span class="meta">${t('per_day', { money: this.mask(money(daily, b.currency, lang)) })}</span>` : nothing}
            </th>
            <td class="num">${this.mask(money(p.value, b.currency, lang))}</td>
          </tr>`,
        )}
      </tbody>
      <tfoot class="sr"><tr><th scope="row">${t('total')}</th><td>${this.mask(money(total, b.currency, lang))}</td></tr></tfoot>
    </table>`
  }

  // lines are shown only when they explain the whole total: half an explanation would be worse than none.
  private lines(b: BalanceCard, total: number): unknown {
    const list = b.lines ?? []
    if (list.length === 0 || list.reduce((sum, l) => sum + signed(l), 0) !== total) return nothing
    const { t, lang } = this.ctx
    return fold(
      t('how'),
      html`<table class="ledger">
        <thead class="sr"><tr><th scope="col">${t('day')}</th><th scope="col">${t('part')}</th><th scope="col">${t('sum')}</th></tr></thead>
        <tbody>
          ${list.map(
            (l) => html`<tr>
              <td class="meta">${shortDay(l.on, lang)}</td>
              <td>${this.lineName(l)}${this.lineBasis(l)}</td>
              <td class="num">${this.mask(amount(signed(l)))}</td>
            </tr>`,
          )}
        </tbody>
        <tfoot><tr><th scope="row" colspan="2">${t('total')}</th><td class="num">${this.mask(amount(total))}</td></tr></tfoot>
      </table>`,
    )
  }

  private lineName(l: LedgerLine): string {
    const key = l.kind === 'charge' ? `line_charge_${l.component}` : `line_${l.kind}`
    return isKey(key) ? this.ctx.t(key) : this.ctx.t('line_adjust')
  }

  private lineBasis(l: LedgerLine): unknown {
    const words = this.card.labels?.[l.id] ?? l.basis
    return isWords(words) ? html`<span class="meta basis">${words}</span>` : nothing
  }

  private foot(): TemplateResult {
    const { t } = this.ctx
    return html`<div class="card-foot">
      <button class="link strong" @click=${() => this.ctx.act({ name: 'dispute' }, t('wrong_bill'))}>${icon('flag')}${t('wrong_bill')}</button>
      <button class="link strong" @click=${() => this.ctx.say(t('tile_plan_say'))}>${icon('bars')}${t('want_plan')}</button>
    </div>`
  }
}

customElements.define('hj-balance', HjBalance)
