// Reads a card's data for an agent: the same figures the debtor saw, as plain rows. A card it does not know shows its text.
import { amount, longDate, money } from '../../shared/format'
import { dateLang, t, word } from '../i18n'
import type { Part } from './types'

export interface CardRows {
  title: string
  rows: { label: string; value: string; strong?: boolean; first?: boolean }[] // first: of one offer among several
  text: string // shown when there are no rows
}

interface Balance {
  principal_fen: number
  interest_fen: number
  penalty_fen: number
  fees_fen: number
  as_of: string
}
interface Offer {
  id?: string
  valid_until?: string
  kind: string
  currency?: string
  total_fen: number
  waived_fen: number
  instalments: { due: string; amount_fen: number }[]
}
interface CardData {
  type?: string
  balance?: {
    no4: string
    debt_type: string
    currency: string
    balance: Balance
  }
  offers?: { currency: string; offers: Offer[] }
  agreement?: { agreement?: { id: string; offer: Offer; sha256?: string } }
}

const known = ['balance', 'plan_offer', 'agreement', 'verify', 'crisis', 'form', 'law', 'csat']

// offersIn finds the offers a part showed: the table moves on, the thread keeps them.
export function offersIn(parts: Part[]): Offer[] {
  return parts.flatMap((p) => {
    const d = (p.data ?? {}) as CardData
    const agreed = d.agreement?.agreement?.offer
    return [...(d.offers?.offers ?? []), ...(agreed ? [agreed] : [])]
  })
}

export function readCard(part: Part): CardRows {
  const data = (part.data ?? {}) as CardData
  const type = data.type && known.includes(data.type) ? data.type : 'other'
  const card: CardRows = {
    title: word('card', type),
    rows: [],
    text: part.text,
  }
  if (data.balance) addBalance(card, data.balance)
  for (const o of data.offers?.offers ?? []) addOffer(card, o, data.offers?.currency)
  const agreement = data.agreement?.agreement
  if (agreement) addOffer(card, agreement.offer, agreement.offer.currency)
  return card
}

function addBalance(card: CardRows, b: NonNullable<CardData['balance']>) {
  const parts = [b.balance.principal_fen, b.balance.interest_fen, b.balance.penalty_fen, b.balance.fees_fen]
  const names = ['principal', 'interest', 'penalty', 'fees'] as const
  card.title = `${card.title}　${t('account_line', { type: word('debt', b.debt_type), no4: b.no4 })}`
  parts.forEach((p, i) => {
    if (p !== 0) card.rows.push({ label: t(names[i]), value: amount(p) })
  })
  card.rows.push({
    label: t('card_total'),
    value: money(parts.reduce((a, b) => a + b, 0), b.currency, dateLang.value),
    strong: true,
  })
}

// termsOf says an offer's payments and days in words.
export function termsOf(o: Pick<Offer, 'total_fen' | 'instalments'>, currency: string | undefined) {
  const first = o.instalments[0]
  const last = o.instalments[o.instalments.length - 1]
  const count = o.instalments.length
  const sum = money(first?.amount_fen ?? o.total_fen, currency, dateLang.value)
  const day = (iso: string) => longDate(iso, dateLang.value)
  return {
    each: count > 1 ? t('card_each', { count, amount: sum }) : t('card_once', { amount: sum }),
    dates: !first ? '' : count > 1 ? t('card_first_last', { first: day(first.due), last: day(last.due) }) : day(first.due),
  }
}

function addOffer(card: CardRows, o: Offer, currency: string | undefined) {
  const { each, dates } = termsOf(o, currency)
  card.rows.push({ label: word('kind', o.kind), value: each, first: card.rows.length > 0 })
  if (dates) card.rows.push({ label: t('card_dates'), value: dates })
  if (o.waived_fen > 0) card.rows.push({ label: t('waived'), value: money(o.waived_fen, currency, dateLang.value) })
  card.rows.push({ label: t('card_total'), value: money(o.total_fen, currency, dateLang.value), strong: true })
}
