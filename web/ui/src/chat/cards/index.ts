import { html, nothing, type TemplateResult } from 'lit'
import type { Ctx } from '../context'
import { icon } from '../icons'
import type { Card } from '../wire'
import './agreement'
import './balance'
import './forms'
import './offers'

// aboutMoney: cards that must not stand on a screen once somebody's life is the subject.
export const aboutMoney = new Set(['balance', 'plan_offer', 'agreement', 'pay_link', 'verify', 'form', 'csat', 'law'])

// known tells which cards are drawn; any other card is read as its text.
const drawn = new Set(['balance', 'plan_offer', 'agreement', 'verify', 'form', 'csat', 'crisis'])

export function isDrawn(c: Card): boolean {
  return drawn.has(c.type)
}

export function cardView(card: Card, ctx: Ctx, live: boolean): unknown {
  switch (card.type) {
    case 'balance':
      return html`<hj-balance .card=${card} .ctx=${ctx} ?live=${live}></hj-balance>`
    case 'plan_offer':
      return html`<hj-offers .card=${card} .ctx=${ctx} ?live=${live}></hj-offers>`
    case 'agreement':
      return html`<hj-agreement .card=${card} .ctx=${ctx} ?live=${live}></hj-agreement>`
    case 'verify':
      return html`<hj-verify .card=${card} .ctx=${ctx} ?live=${live}></hj-verify>`
    case 'form':
      return html`<hj-form .card=${card} .ctx=${ctx} ?live=${live}></hj-form>`
    case 'csat':
      return html`<hj-csat .card=${card} .ctx=${ctx} ?live=${live}></hj-csat>`
    case 'crisis':
      return crisis(card, ctx)
    default:
      return nothing
  }
}

// crisis shows one big number and two more. Numbers come from the server where it names them; these three are the law's.
function crisis(card: Card, ctx: Ctx): TemplateResult {
  const { t } = ctx
  const named = new Map((card.lines ?? []).map((l) => [l.number, l.label]))
  const fallback = new Map([
    ['12356', t('crisis_main')],
    ['120', t('crisis_120')],
    ['110', t('crisis_110')],
  ])
  const lines = [...(named.size ? named : fallback)]
  const call = ([number, label]: [string, string], main: boolean) =>
    html`<a class=${main ? 'call main' : 'call'} href=${`tel:${number.replace(/[^\d+]/g, '')}`} target="_blank" rel="noopener noreferrer" aria-label=${t('crisis_call', { number, label })}>
      ${icon('phone', main ? 32 : 24)}<span><b class="num">${number}</b>${label}</span>
    </a>`
  return html`<div class="crisis">
    ${call(lines[0], true)}
    ${lines.length > 1 ? html`<div class="calls">${lines.slice(1).map((l) => call(l, false))}</div>` : nothing}
  </div>`
}
