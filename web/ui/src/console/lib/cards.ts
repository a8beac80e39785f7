// Reads a card's data for an agent: the same figures the debtor saw, as plain rows. A card it does not know shows its text.
import { amount, longDate, unit } from '../../shared/format'
import { dateLang, t, word } from '../i18n'
import type { Part } from './types'

export interface CardRows {
  title: string
  rows: { label: string; value: string; strong?: boolean }[]
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
  for (const o of data.offers?.offers ?? []) addOffer(card, o, data.offers?.currency ?? 'CNY')
  const agreement = data.agreement?.agreement
  if (agreement) addOffer(card, agreement.offer, 'CNY')
  return card
}

function addBalance(card: CardRows, b: NonNullable<CardData['balance']>) {
  const u = unit(b.currency, dateLang.value)
  const parts = [b.balance.principal_fen, b.balance.interest_fen, b.balance.penalty_fen, b.balance.fees_fen]
  const names = ['principal', 'interest', 'penalty', 'fees'] as const
  card.title = `${card.title}　${t('account_line', { type: word('debt', b.debt_type), no4: b.no4 })}`
  parts.forEach((p, i) => {
    if (p !== 0) card.rows.push({ label: t(names[i]), value: amount(p) })
  })
  card.rows.push({
    label: t('card_total'),
    value: `${amount(parts.reduce((a, b) => a + b, 0))} ${u}`,
    strong: true,
  })
}

function addOffer(card: CardRows, o: Offer, currency: string) {
  const u = unit(currency, dateLang.value)
  const first = o.instalments[0]
  const last = o.instalments[o.instalments.length - 1]
  const each = first
    ? t('card_each', {
        count: o.instalments.length,
        amount: `${amount(first.amount_fen)} ${u}`,
      })
    : ''
  const dates = first
    ? t('card_first_last', {
        first: longDate(first.due, dateLang.value),
        last: longDate(last.due, dateLang.value),
      })
    : ''
  const waived = o.waived_fen > 0 ? t('card_waived', { amount: amount(o.waived_fen) }) : ''
  card.rows.push({
    label: word('kind', o.kind),
    value: [each, dates, waived].filter(Boolean).join('　'),
  })
  card.rows.push({
    label: t('card_total'),
    value: `${amount(o.total_fen)} ${u}`,
    strong: true,
  })
}
