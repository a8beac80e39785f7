// Reads a policy's layers as rows a person can read. It computes nothing: what an account gets, the engine says.
import { amount, shortDay } from '../../shared/format'
import { catalogues, dateLang, type Key, lang, t, word } from '../i18n'
import type { Authority, RuleValues, When } from './worktypes'

export interface Row {
  key: string
  label: string
  value: string
}

const notRules = new Set(['name', 'when', 'round', 'needs', 'at', 'from', 'to', 'debt_types', 'kind', 'spread_days'])

// rows are the limits a layer sets, in the order the file has them.
export function rows(rules: RuleValues): Row[] {
  return Object.entries(rules)
    .filter(([k, v]) => !notRules.has(k) && v !== null && v !== '' && k !== 'authority')
    .map(([key, v]) => ({ key, label: limitName(key), value: limitValue(key, v) }))
}

export function authorityOf(rules: RuleValues): [string, string][] {
  return Object.entries((rules.authority ?? {}) as Record<string, string>)
}

// A layer's name is an identifier of the file; those of our own files have words.
export function layerName(name: string): string {
  return word('layer', name)
}

export function limitName(key: string): string {
  return catalogues[lang.value][`limit_${key}` as Key] ?? key.replaceAll('_', ' ')
}

export function limitValue(key: string, v: unknown): string {
  if (typeof v === 'boolean') return t(v ? 'yes' : 'no')
  if (Array.isArray(v)) return v.map(String).join(t('join'))
  if (typeof v === 'number' && key.endsWith('_fen')) return amount(v)
  if (typeof v === 'number' && key.endsWith('_pct')) return `${v}%`
  if (typeof v === 'number' && key.endsWith('_days')) return t('n_days', { n: v })
  if (typeof v === 'number' && key.endsWith('_hours')) return t('n_hours', { n: v })
  if (typeof v === 'number' && key.endsWith('_months')) return t('n_months', { n: v })
  if (key === 'plan_rate') return t('a_year', { n: `${String(v)}%` })
  return typeof v === 'object' ? JSON.stringify(v) : String(v)
}

// whenText says which accounts a segment holds.
export function whenText(w: When | undefined): string {
  const out: string[] = []
  if (w?.debt_types?.length) out.push(w.debt_types.map((d) => word('debt', d)).join(t('join')))
  if (w?.overdue) out.push(span(w.overdue, (n) => t('n_days', { n }), 'when_overdue'))
  if (w?.balance_fen) out.push(span(w.balance_fen, amount, 'when_balance'))
  if (w?.risk?.length) out.push(t('when_risk', { risk: w.risk.map((r) => word('risk', r)).join(t('join')) }))
  return out.join(t('sep')) || t('when_all')
}

// span is half open: "from" belongs to it, "to" does not.
function span(s: { from?: number; to?: number }, show: (n: number) => string, name: Key): string {
  const from = s.from ? t('span_from', { n: show(s.from) }) : ''
  const to = s.to ? t('span_to', { n: show(s.to) }) : ''
  return t(name, { span: [from, to].filter(Boolean).join(' ') })
}

// seasonDay reads 11-01 (every year) or 2026-11-01.
export function seasonDay(d: string): string {
  return shortDay(d.length === 5 ? `2000-${d}` : d, dateLang.value)
}

// merged joins the segments of a debt type for which the same people decide; no segments means all of them.
export function merged(list: Authority[]): (Omit<Authority, 'segment'> & { segments: string[] })[] {
  const out = new Map<string, Omit<Authority, 'segment'> & { segments: string[] }>()
  for (const { debt_type, segment, kinds } of list) {
    const key = JSON.stringify([debt_type, Object.entries(kinds).sort()])
    const row = out.get(key) ?? { debt_type, kinds, segments: [] }
    if (segment) row.segments.push(segment)
    out.set(key, row)
  }
  const rows = [...out.values()]
  const alone = (r: { debt_type: string }) => rows.filter((x) => x.debt_type === r.debt_type).length === 1
  return rows.map((r) => (alone(r) ? { ...r, segments: [] } : r))
}
