import type { Lang } from '../../shared/format'
import { dayNumber, longDate, money } from '../../shared/format'
import type { Key, Translate } from '../i18n'
import type { Offer } from '../wire'

export const firstDue = (o: Offer): string => o.instalments[0]?.due ?? ''
export const lastDue = (o: Offer): string => o.instalments[o.instalments.length - 1]?.due ?? ''

const byKind: Partial<Record<Offer['kind'], Key>> = {
  deferral: 'plan_defer',
  waiver: 'plan_once',
  settlement: 'plan_less',
  token: 'plan_token',
}

// namesOf calls each offer by what sets it apart from its neighbours. Two offers never share a name.
export function namesOf(offers: Offer[], t: Translate): string[] {
  const plans = offers.filter((o) => o.kind === 'instalments' && o.instalments.length > 1)
  const least = Math.min(...plans.map((o) => o.instalments.length))
  const soonest = Math.min(...plans.map((o) => dayNumber(firstDue(o))))
  const used = new Set<string>()
  return offers.map((o, i) => {
    let name: string
    const kind = byKind[o.kind]
    if (kind) name = t(kind)
    else if (o.instalments.length <= 1) name = t('plan_once')
    else if (offers.length === 1) name = t('plan_one')
    else if (dayNumber(firstDue(o)) - soonest >= 25) name = t('plan_later')
    else name = t(o.instalments.length === least && plans.length > 1 ? 'plan_sooner' : 'plan_lighter')
    if (used.has(name)) name = t('plan_n', { n: i + 1 })
    used.add(name)
    return name
  })
}

// sentence says one offer in full; it is what the stepper speaks.
export function sentence(o: Offer, currency: string, t: Translate, lang: Lang, mask: (s: string) => string): string {
  const n = o.instalments.length
  const m = (fen: number) => mask(money(fen, currency, lang))
  if (n <= 1) return t('say_once', { date: longDate(firstDue(o), lang), total: m(o.total_fen) })
  const each = o.instalments[0].amount_fen
  const last = o.instalments[n - 1].amount_fen
  const v = { each: m(each), last: m(last), n, total: m(o.total_fen) }
  return each === last ? t('say_even', v) : t('say_last', v)
}

// fitting finds the answer to a stepper: the one that is exactly what was asked, else the rules engine's first choice.
export function fitting(offers: Offer[], count: number, first: string): { offer: Offer; exact: boolean } | undefined {
  const exact = offers.find((o) => o.instalments.length === count && firstDue(o) === first)
  if (exact) return { offer: exact, exact: true }
  return offers[0] ? { offer: offers[0], exact: false } : undefined
}
