import { html, nothing, type TemplateResult } from 'lit'
import { addDays, amount, dayWithWeekday, longDate, splitDate, unit } from '../../shared/format'
import { icon } from '../icons'
import type { Card, Offer, OffersCard } from '../wire'
import { CardElement } from './base'
import { chart, type Line } from './chart'
import { fold } from './fold'
import { firstDue, fitting, lastDue, namesOf, sentence } from './offer-text'

const styles: Line['style'][] = ['dashed', 'solid', 'dotted']
const REST_MS = 250 // the stepper asks once the finger rests

// HjOffers is one object: comparison, chart, steppers and the sentence that says the chosen plan. Every figure comes from the
// rules engine; the browser only subtracts instalments for the drawing.
export class HjOffers extends CardElement {
  static properties = {
    ...CardElement.properties,
    offers: { state: true },
    chosen: { state: true },
    busy: { state: true },
    hint: { state: true },
    spoken: { state: true },
    mine: { state: true },
  }
  declare offers: Offer[]
  declare chosen: number // -1: nothing is chosen on arrival
  declare busy: boolean
  declare hint: string
  declare spoken: string
  declare mine: number // the column the steppers rewrote
  private why: string[] = []
  private from?: Card
  private names: string[] = []
  private timer?: ReturnType<typeof setTimeout>
  private asked = 0
  private wish?: { count: number; first: string }

  constructor() {
    super()
    this.offers = []
    this.chosen = this.mine = -1
    this.busy = false
    this.hint = this.spoken = ''
  }

  willUpdate(): void {
    if (this.from === this.card || !this.card.offers) return
    this.from = this.card
    this.offers = this.card.offers.offers ?? []
    this.why = this.card.why ?? []
  }

  disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.timer)
  }

  private get box(): OffersCard {
    return this.card.offers as OffersCard
  }

  private get picked(): Offer | undefined {
    return this.offers[this.chosen]
  }

  // some: of one plan nobody is asked to choose, nor told why "these".
  private some(key: 'choose_first' | 'why' | 'none_fit' | 'act_none'): string {
    return this.ctx.t(this.offers.length === 1 ? `${key}_one` : key)
  }

  render(): unknown {
    if (!this.card.offers || this.offers.length === 0) return nothing
    const { t } = this.ctx
    this.names = namesOf(this.offers, t).map(
      (n, i) => this.card.labels?.[this.offers[i].id] ?? (i === this.mine ? t('plan_yours') : n),
    )
    return html`<section class="card offers" aria-label=${t('plans')}>
      ${this.compare()} ${this.drawing()} ${this.steppers()}
      <p class="sum num" role="status" aria-live="polite" aria-atomic="true"><span class="sr">${this.spoken}</span></p>
      <p class="sum num" aria-hidden=${this.spoken ? 'true' : 'false'}>${this.sentence()}</p>
      ${this.hint ? html`<p class="note">${this.hint}</p>` : nothing}
      ${this.schedule()} ${this.reasons()} ${this.buttons()}
    </section>`
  }

  private compare(): TemplateResult {
    const { t, lang } = this.ctx
    const cur = unit(this.box.currency, lang)
    const row = (label: string, cell: (o: Offer) => unknown) =>
      html`<tr><th scope="row">${label}</th>${this.offers.map((o, i) => html`<td class=${this.cls(i)} @click=${() => this.pick(i)}>${cell(o)}</td>`)}</tr>`
    const day = (iso: string) => {
      const d = splitDate(iso, lang)
      return lang === 'en'
        ? html`${d.day}<span class="meta">${d.year}</span>`
        : html`<span class="meta">${d.year}</span>${d.day}`
    }
    const times = (o: Offer) =>
      o.instalments.length > 1 ? t('times', { n: o.instalments.length, unit: cur }) : `${cur} · ${t('once')}`
    const small = lang === 'en' ? nothing : html` <small>${cur}</small>`
    return html`<table class="compare" role="radiogroup" aria-label=${t('plans')}>
      <thead><tr><td class="corner">${t('cur_head', { unit: cur })}</td>${this.offers.map((o, i) => this.head(o, i))}</tr></thead>
      <tbody class="num">
        ${row(t('each'), (o) => html`<b>${this.mask(amount(o.instalments[0]?.amount_fen ?? o.total_fen))}</b><span class="meta">${times(o)}</span>`)}
        ${row(t('first'), (o) => day(firstDue(o)))} ${row(t('last'), (o) => day(lastDue(o)))}
        ${row(t('waived'), (o) => (o.waived_fen > 0 ? html`${this.mask(amount(o.waived_fen))}${small}` : t('none')))}
        ${row(t('in_all'), (o) => html`${this.mask(amount(o.total_fen))}${small}`)}
      </tbody>
    </table>`
  }

  private head(o: Offer, i: number): TemplateResult {
    const { t, lang } = this.ctx
    const on = i === this.chosen
    const first = this.chosen < 0 ? i === 0 : on
    const say = `${this.names[i]}: ${sentence(o, this.box.currency, t, lang, (s) => this.mask(s))}`
    return html`<th scope="col" class=${this.cls(i)}>
      <button role="radio" aria-checked=${on ? 'true' : 'false'} aria-label=${say} tabindex=${first ? 0 : -1} ?disabled=${!this.live}
        @click=${() => this.pick(i)} @keydown=${(e: KeyboardEvent) => this.arrow(e, i)}><span class="radio"></span>${this.names[i]}</button>
    </th>`
  }

  private cls(i: number): string {
    return i === this.chosen ? 'on' : ''
  }

  private arrow(e: KeyboardEvent, i: number): void {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key]
    if (!step) return
    e.preventDefault()
    const to = (i + step + this.offers.length) % this.offers.length
    this.pick(to)
    void this.updateComplete.then(() => this.querySelectorAll<HTMLElement>('[role=radio]')[to]?.focus())
  }

  private pick(i: number): void {
    if (!this.live || this.busy) return
    this.chosen = i
    this.wish = undefined
    this.hint = this.offers[i]?.needs_approval ? this.ctx.t('needs_approval') : ''
    this.spoken = ''
  }

  private drawing(): TemplateResult {
    const { t, lang } = this.ctx
    const start = [this.box.first_from, ...this.offers.map(firstDue)].filter(Boolean).sort()[0]
    const lines = this.offers.map((offer, i) => ({
      name: this.names[i],
      offer,
      style: styles[i % 3],
      chosen: i === this.chosen,
    }))
    const say = this.offers.map((o, i) =>
      t('chart_spoken', {
        plan: this.names[i],
        balance: this.mask(amount(o.total_fen)),
        from: longDate(firstDue(o), lang),
        to: longDate(lastDue(o), lang),
      }),
    )
    return chart(
      lines,
      start,
      lang,
      t('left', { unit: unit(this.box.currency, lang) }),
      say.join('; '),
      this.ctx.masked,
    )
  }

  // steppers move the chosen instalment plan; other kinds (pay once, settle) have nothing to step.
  private steppers(): unknown {
    const o = this.picked
    if (!this.live || !o || o.kind !== 'instalments' || this.box.max_count <= 1) return nothing
    const { t, lang } = this.ctx
    const now = this.wish ?? { count: o.instalments.length, first: firstDue(o) }
    const { min_count, max_count, first_from, first_to } = this.box
    return html`<div class="steppers">
      ${this.stepper(t('count'), t('count_value', { n: now.count }), [t('fewer'), t('more')], [now.count > min_count, now.count < max_count], [t('count_min', { n: min_count }), t('count_max', { n: max_count })], (by) => this.step({ ...now, count: now.count + by }))}
      ${this.stepper(t('first_on'), dayWithWeekday(now.first, lang), [t('earlier'), t('later')], [now.first > first_from, now.first < first_to], [t('date_min', { date: longDate(first_from, lang) }), t('date_max', { date: longDate(first_to, lang) })], (by) => this.step({ ...now, first: addDays(now.first, by) }))}
    </div>`
  }

  private stepper(
    label: string,
    value: string,
    names: string[],
    can: boolean[],
    limits: string[],
    go: (by: number) => void,
  ): TemplateResult {
    const press = (side: 0 | 1) => {
      if (can[side]) go(side === 0 ? -1 : 1)
      else this.hint = this.spoken = limits[side]
    }
    // A limit greys the end but keeps it pressable: it then says why it ends here.
    const end = (side: 0 | 1) =>
      html`<button aria-label=${`${label}: ${names[side]}`} aria-disabled=${can[side] ? 'false' : 'true'} @click=${() => press(side)}>${icon(side ? 'plus' : 'minus')}</button>`
    return html`<div class="stepper" role="group" aria-label=${`${label}: ${value}`}>
      <span class="label" aria-hidden="true">${label}</span>
      <div class="box">${end(0)}<b class="num">${value}</b>${end(1)}</div>
    </div>`
  }

  private step(to: { count: number; first: string }): void {
    this.wish = to
    this.busy = true
    this.hint = ''
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.ask(to), REST_MS)
  }

  private async ask(to: { count: number; first: string }): Promise<void> {
    const turn = ++this.asked
    const { t, lang } = this.ctx
    const at = this.chosen
    try {
      const answer = await this.ctx.quote(to.count, to.first)
      if (turn !== this.asked || this.wish !== to) return
      const card = [answer.card, ...(answer.cards ?? [])].find((c) => c?.type === 'plan_offer')
      const best = fitting(card?.offers?.offers ?? [], to.count, to.first)
      if (!best) throw new Error('no offer')
      this.offers = this.offers.map((o, i) => (i === at ? best.offer : o))
      this.mine = at
      if (card?.why?.length) this.why = card.why
      this.hint = best.exact ? '' : t('nearest')
      this.spoken = [this.hint, sentence(best.offer, this.box.currency, t, lang, (s) => this.mask(s))]
        .filter(Boolean)
        .join(' ')
    } catch {
      if (turn !== this.asked) return
      this.hint = this.spoken = t('quote_failed')
    }
    this.wish = undefined
    this.busy = false
  }

  private sentence(): unknown {
    const { t, lang } = this.ctx
    if (!this.picked) return this.live ? html`<span class="meta">${this.some('choose_first')}</span>` : nothing
    return this.busy
      ? html`<span class="meta">${t('quoting')}…</span>`
      : sentence(this.picked, this.box.currency, t, lang, (s) => this.mask(s))
  }

  private schedule(): unknown {
    const o = this.picked
    if (!o || o.instalments.length < 2) return nothing
    const { t, lang } = this.ctx
    return fold(
      t('schedule'),
      html`<table class="ledger">
        <tbody>${o.instalments.map((i) => html`<tr><th scope="row" class="meta">${t('period', { n: i.n })}</th><td>${longDate(i.due, lang)}</td><td class="num">${this.mask(amount(i.amount_fen))}</td></tr>`)}</tbody>
        <tfoot><tr><th scope="row" colspan="2">${t('total')}</th><td class="num">${this.mask(amount(o.total_fen))}</td></tr></tfoot>
      </table>`,
    )
  }

  private reasons(): unknown {
    const { t, lang, masked } = this.ctx
    const until = (this.picked ?? this.offers[0]).valid_until
    const valid = until ? [t('valid_until', { date: longDate(until, lang) })] : []
    const why = masked ? [] : this.why
    if (why.length + valid.length === 0) return nothing
    return fold(this.some('why'), html`<ul class="why">${[...why, ...valid].map((s) => html`<li>${s}</li>`)}</ul>`, true)
  }

  private buttons(): unknown {
    if (!this.live) return nothing
    const { t } = this.ctx
    const o = this.picked
    const n = o?.instalments.length ?? 0
    const label = n > 1 ? t('see_agreement_n', { n }) : t('see_agreement')
    return html`<div class="buttons">
      <button class="btn" @click=${() => this.ctx.act({ name: 'decline', ref: this.offers[0].id }, this.some('act_none'))}>${this.some('none_fit')}</button>
      <button class="btn main" ?disabled=${!o || this.busy} @click=${() => o && this.ctx.act({ name: 'accept', ref: o.id }, label)}>${label}</button>
    </div>`
  }
}

customElements.define('hj-offers', HjOffers)
