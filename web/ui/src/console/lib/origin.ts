// Explains the origin of a figure from what the debtor panel already holds. Unknown origins show as recorded.
import { amount, longDate } from '../../shared/format'
import { dateLang, t, word } from '../i18n'
import { offersIn } from './cards'
import type { Account, Figure, Panel, Part } from './types'

export interface OriginRow {
  label: string
  value: string
}

export function explain(f: Figure, panel: Panel | null, shown: Part[] = []): OriginRow[] {
  const at = f.origin.indexOf(':')
  const kind = at < 0 ? f.origin : f.origin.slice(0, at)
  const id = at < 0 ? '' : f.origin.slice(at + 1)
  const accounts = panel?.accounts ?? []
  switch (kind) {
    case 'entry':
      return entryRows(id, accounts)
    case 'balance':
      return balanceRows(id, accounts)
    case 'offer':
    case 'agreement':
      return offerRows(id, panel, shown)
    case 'statute':
      return [{ label: t('origin_statute'), value: id }]
    case 'policy':
      return [{ label: t('origin_policy'), value: id }]
    case 'creditor':
      return [{ label: t('origin_creditor'), value: panel?.creditor ?? '' }]
    case 'debtor':
      return [{ label: t('origin_debtor'), value: shownValue(f) }]
    case 'case':
      return [{ label: t('origin_case'), value: id }]
    case 'clock':
      return [{ label: t('origin_clock'), value: shownValue(f) }]
  }
  return [{ label: t('origin_other'), value: f.origin }]
}

function entryRows(id: string, accounts: Account[]): OriginRow[] {
  for (const a of accounts) {
    const n = a.entries.findIndex((e) => e.id === id)
    if (n < 0) continue
    const e = a.entries[n]
    const rows = [
      {
        label: t('origin_entry'),
        value: t('origin_row', { n: n + 1, id: e.id }),
      },
      {
        label: t('origin_kind'),
        value: `${word('entry', e.kind)} ${componentWord(e.component)}`.trim(),
      },
      { label: t('origin_amount'), value: amount(e.amount_fen) },
      { label: t('origin_date'), value: longDate(e.on, dateLang.value) },
    ]
    return e.basis ? [...rows, { label: t('origin_basis'), value: e.basis }] : rows
  }
  return [{ label: t('origin_entry'), value: id }]
}

function balanceRows(id: string, accounts: Account[]): OriginRow[] {
  const a = accounts.find((x) => x.id === id)
  if (!a) return [{ label: t('origin_balance'), value: id }]
  const b = a.balance
  const parts = [b.principal_fen, b.interest_fen, b.penalty_fen, b.fees_fen].map(amount).join(' + ')
  return [
    { label: t('origin_sum'), value: `${parts} = ${amount(a.total_fen)}` },
    { label: t('origin_date'), value: longDate(b.as_of, dateLang.value) },
  ]
}

function offerRows(id: string, panel: Panel | null, shown: Part[]): OriginRow[] {
  const o = [...(panel?.offers ?? []), ...offersIn(shown)].find((x) => x.id === id)
  if (!o) return [{ label: t('origin_offer'), value: id }]
  return [
    { label: t('origin_offer'), value: word('kind', o.kind) },
    {
      label: t('origin_amount'),
      value: t('origin_offer_line', {
        n: o.instalments.length,
        total: amount(o.total_fen),
      }),
    },
    ...validity(o.valid_until),
  ]
}

function validity(until: string | undefined): OriginRow[] {
  return until ? [{ label: t('origin_date'), value: t('valid_until', { date: longDate(until, dateLang.value) }) }] : []
}

export function componentWord(c: string): string {
  return c === 'principal' || c === 'interest' || c === 'penalty' || c === 'fees' ? t(c) : ''
}

function shownValue(f: Figure): string {
  if (f.kind === 'money') return amount(f.value ?? 0)
  if (f.kind === 'percent') return `${amount(f.value ?? 0)}%`
  return f.text || String(f.value ?? '')
}
