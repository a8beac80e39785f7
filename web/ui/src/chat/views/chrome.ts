import { html, nothing, type TemplateResult } from 'lit'
import type { Ctx } from '../context'
import type { Key } from '../i18n'
import { icon } from '../icons'
import type { Saved } from '../api'
import type { Assurance, ConvState } from '../wire'

export interface Frame {
  ctx: Ctx
  info: Saved['info']
  state: ConvState
  agent?: string
  crisis: boolean
  embedded: boolean
  close(): void
}

// header says who speaks, for whom, and whether it is a machine; a person is one tap away until one is there.
export function header(f: Frame): TemplateResult {
  const { t } = f.ctx
  const manned = f.state === 'agent'
  return html`<header>
    <span class="logo">${icon('mark', 22)}</span>
    <div class="who">
      <h1>${f.crisis ? t('crisis_title') : f.info.creditor_name || t('title')}<span class=${`chip ${manned ? 'person' : ''}`}>${manned ? t('human') : t('ai')}</span></h1>
      <p>${under(f)}</p>
    </div>
    ${f.state === 'bot' && !f.crisis ? html`<button class="outline" @click=${() => f.ctx.act({ name: 'human' }, t('act_human'))}>${t('get_person')}</button>` : nothing}
    ${f.embedded ? html`<button class="bare" aria-label=${t('close')} @click=${f.close}>${icon('close', 24)}</button>` : nothing}
  </header>`
}

function under(f: Frame): string {
  const { t } = f.ctx
  if (f.state === 'agent') return f.agent ? t('agent_sub_name', { name: f.agent }) : t('agent_sub')
  if (f.state === 'queue') return t(f.crisis ? 'crisis_sub' : 'queue_sub')
  if (f.crisis) return t('replying_ai')
  return f.info.collector_name && f.info.collector_name !== f.info.creditor_name
    ? t('acting_for', { collector: f.info.collector_name })
    : t('own_service')
}

// intro is the first thing seen: who, for whom, that it is AI; no fact of a debt.
export function intro(f: Frame, assurance: Assurance): TemplateResult {
  const { t } = f.ctx
  const row = (label: string, text: string) => html`<div><dt>${label}</dt><dd>${text}</dd></div>`
  const { creditor_name: creditor, collector_name: collector } = f.info
  return html`<section class="intro" aria-label=${t('title')}>
    <p class="hello">${t('welcome_1')}<br />${t('welcome_2')}</p>
    <svg class="motif" viewBox="0 0 340 34" preserveAspectRatio="none" aria-hidden="true">
      <path class="a" d="M1 5C110 5 130 19 210 19H339" /><path class="b" d="M1 29C90 29 120 20 190 19" />
    </svg>
    <dl>
      ${collector || creditor ? row(t('we_are'), collector || creditor || '') : nothing}
      ${collector && creditor && collector !== creditor ? row(t('on_behalf'), creditor) : nothing}
      ${row(t('replying'), t('replying_ai'))}
      ${row(t('your_privacy'), t(assurance === 'verified' ? 'privacy_known' : 'privacy_line'))}
    </dl>
  </section>`
}

const tiles: [string, Key, Key, Key][] = [
  ['list', 'tile_bill', 'tile_bill_sub', 'tile_bill_say'],
  ['bars', 'tile_plan', 'tile_plan_sub', 'tile_plan_say'],
  ['calendar', 'tile_cannot', 'tile_cannot_sub', 'tile_cannot_say'],
  ['flag', 'tile_wrong', 'tile_wrong_sub', 'tile_wrong_say'],
]

export function firstChoices(f: Frame): TemplateResult {
  const { t, say, act } = f.ctx
  return html`<section class="choices">
    <div class="tiles">
      ${tiles.map(([ic, title, sub, words]) => html`<button @click=${() => say(t(words))}>${icon(ic)}<span><b>${t(title)}</b><span class="meta">${t(sub)}</span></span></button>`)}
    </div>
    <div class="links">
      <button class="link" @click=${() => act({ name: 'privacy' }, t('data_link'))}>${t('data_link')}</button>
      <button class="link" @click=${() => say(t('real_say'))}>${t('real_link')}</button>
    </div>
    <p class="meta">${t('never_ask')}${f.info.desk_hours ? html`<br />${t('desk_hours', { hours: f.info.desk_hours })}` : nothing}</p>
  </section>`
}

const shortcuts: [string, Key, Key][] = [
  ['dispute', 'dispute', 'act_dispute'],
  ['hardship', 'hardship', 'act_hardship'],
  ['stop', 'stop', 'act_stop'],
  ['privacy', 'privacy', 'act_privacy'],
]

// strip is the row of rights: always there, except when money must not be on the screen at all.
export function strip(f: Frame, exportRecord: () => void): TemplateResult {
  const { t, act } = f.ctx
  return html`<nav class="strip" aria-label=${t('shortcuts')}>
    ${shortcuts.map(([name, label, said]) => html`<button @click=${() => act({ name }, t(said))}>${t(label)}</button>`)}
    <button @click=${exportRecord}>${t('export')}</button>
  </nav>`
}
