import { html, nothing, type TemplateResult } from 'lit'
import { clock, localDay, longDate } from '../../shared/format'
import { cardView, isDrawn } from '../cards'
import type { Ctx } from '../context'
import type { Key } from '../i18n'
import { icon } from '../icons'
import type { Item } from '../link/transcript'
import type { Card } from '../wire'
import { linked } from './links'

export interface RowOptions {
  first: boolean // of a run of one speaker
  last: boolean
  newDay: boolean
  isLive(card: Card, item: Item): boolean
  retry(cid: string): void
  hideMoney: boolean
}

const actionKeys: Record<string, Key> = {
  human: 'act_human',
  dispute: 'act_dispute',
  hardship: 'act_hardship',
  stop: 'act_stop',
  privacy: 'act_privacy',
  accept: 'act_accept',
  confirm: 'act_confirm',
  decline: 'act_decline',
  verify: 'act_verify',
}

// row draws one line of the conversation: a notice, or a bubble with its cards and, under the last of a run, who and when.
export function row(item: Item, ctx: Ctx, o: RowOptions): TemplateResult {
  const day = o.newDay ? html`<li class="notice day">${dayName(item.ms, ctx)}</li>` : nothing
  if (isNotice(item)) return html`${day}<li class="notice">${notice(item, ctx)}</li>`
  const cards = item.cards.filter((c) => c.type !== 'quick_replies')
  const text = textOf(item, ctx, cards)
  return html`${day}
    <li class=${`msg ${item.role}${o.first ? ' first' : ''}`}>
      ${o.first ? html`<span class="sr">${speaker(item, ctx)}</span>` : nothing}
      ${text || item.title ? html`<div class="bubble">${item.title ? html`<b class="title">${item.title}</b>` : nothing}${item.role === 'user' ? text : linked(text).map((s) => (s.url ? html`<a href=${s.text} target="_blank" rel="noopener noreferrer">${s.text}</a>` : s.text))}${item.signature ? html`<span class="meta sig">${item.signature}</span>` : nothing}</div>` : nothing}
      ${o.hideMoney ? cards.filter((c) => c.type === 'crisis').map((c) => cardView(c, ctx, true)) : cards.map((c) => wrapped(c, item, ctx, o))}
      ${o.last || item.state === 'failed' ? meta(item, ctx, o) : nothing}
    </li>`
}

// isNotice: who comes and goes is a line between the bubbles; what the record says beside a colleague is a message.
export const isNotice = (item: Item) => item.kind === 'agent' || item.kind === 'system'

// A card speaks for itself when it changes; the log around it stays quiet.
function wrapped(c: Card, item: Item, ctx: Ctx, o: RowOptions): unknown {
  return isDrawn(c) ? html`<div class="cardbox" aria-live="off">${cardView(c, ctx, o.isLive(c, item))}</div>` : nothing
}

// textOf is what the bubble says. A card nobody can draw is read as its words, so no message is ever empty.
function textOf(item: Item, ctx: Ctx, cards: Card[]): string {
  const undrawn = cards.flatMap((c, i) => (isDrawn(c) ? [] : [c.text || item.alt?.[i] || '']))
  const parts = [item.text ?? '', ...undrawn].filter(Boolean)
  if (parts.length) return parts.join('\n')
  return item.role === 'user' && item.action ? actionLabel(item, ctx) : ''
}

function actionLabel(item: Item, ctx: Ctx): string {
  return ctx.t(actionKeys[item.action?.name ?? ''] ?? 'act_other')
}

function speaker(item: Item, ctx: Ctx): string {
  if (item.role === 'user') return ctx.t('you')
  if (item.role === 'agent') return item.name ? ctx.t('human_by', { name: item.name }) : ctx.t('human')
  return ctx.t(item.role === 'bot' ? 'ai' : 'recorded_by')
}

function meta(item: Item, ctx: Ctx, o: RowOptions): TemplateResult {
  const time = html`<time datetime=${new Date(item.ms).toISOString()}>${clock(item.ms)}</time>`
  if (item.role !== 'user') return html`<p class="under">${item.role === 'bot' ? ctx.t('ai_made') : speaker(item, ctx)} ${time}</p>`
  if (item.state === 'failed') {
    return html`<p class="under"><button class="again" @click=${() => o.retry(item.cid ?? '')}>${ctx.t('failed')}</button></p>`
  }
  const state = item.state ?? 'sent'
  const tick = state === 'read' || state === 'delivered' ? 'ticks' : state === 'sending' ? 'clock' : 'check'
  return html`<p class=${`under ${state}`}>${time}${icon(tick, 16)}<span>${ctx.t(state)}</span></p>`
}

function notice(item: Item, ctx: Ctx): string {
  if (item.text) return item.text
  const { t } = ctx
  switch (item.event) {
    case 'queued':
      return item.pos ? t('ev_queued_pos', { n: item.pos }) : t('ev_queued')
    case 'joined':
      return item.name ? t('ev_joined', { name: item.name }) : t('ev_joined_anon')
    case 'transfer':
      return item.name ? t('ev_transfer', { name: item.name }) : t('ev_joined_anon')
    case 'left':
      return t('ev_left')
    default:
      return ''
  }
}

function dayName(ms: number, ctx: Ctx): string {
  const day = localDay(ms)
  return day === localDay(Date.now()) ? ctx.t('today') : longDate(day, ctx.lang)
}
