// A reason code of the engine with its figures, in an agent's words.
import { amount, longDate, unit } from '../../shared/format'
import { catalogues, dateLang, fill, lang, type Key } from '../i18n'
import type { Reason } from './worktypes'

export function reasonText(r: Reason, currency?: string): string {
  const template = catalogues[lang.value][`stop_${r.code}` as Key]
  if (!template) return r.code.replaceAll('_', ' ')
  return fill(template, {
    amount: `${amount(r.amount_fen ?? 0)}\u00a0${unit(currency, dateLang.value)}`,
    count: r.count ?? 0,
    date: r.date ? longDate(r.date, dateLang.value) : '',
    pct: r.pct ?? 0,
  })
}
