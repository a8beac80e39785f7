import type { Item } from './link/transcript'
import type { Card, QuickItem } from './wire'

// Pure questions about a transcript that decide what is drawn.

// visible leaves out rows that hold their place in the sequence but have nothing to show.
export function visible(items: Item[]): Item[] {
  return items.filter((i) => i.kind !== 'withheld' && (i.text || i.title || i.cards.length > 0 || i.event || i.action))
}

// named gives a colleague's words the name they joined under.
export function named(items: Item[]): Item[] {
  let name: string | undefined
  return items.map((i) => {
    if (i.kind === 'agent') name = i.name || name
    return i.role === 'agent' && i.kind !== 'agent' && !i.name && name ? { ...i, name } : i
  })
}

// crisisStart is where the conversation became about a life: the words that caused it, or -1. A colleague can end it.
export function crisisStart(items: Item[]): number {
  const over = items.findLastIndex((i) => i.event === 'crisis_over')
  const card = items.findIndex((i, n) => n > over && i.cards.some((c) => c.type === 'crisis'))
  if (card < 0) return -1
  for (let n = card; n >= 0; n--) if (items[n].role === 'user') return n
  return card
}

// liveCards is the newest card of each type; the older ones are history.
export function liveCards(items: Item[]): Set<Card> {
  const newest = new Map<string, Card>()
  for (const i of items) for (const c of i.cards) newest.set(c.type, c)
  return new Set(newest.values())
}

const answers: Record<string, string[]> = {
  verify: ['verify'],
  agreement: ['confirm', 'decline'],
  plan_offer: ['confirm'],
  csat: ['csat'],
}

// answeredBy tells whether something said later already answered the card, so that a reload does not ask twice.
export function answeredBy(card: Card, later: Item[]): boolean {
  const names = card.type === 'form' ? [card.form?.kind ?? 'hardship'] : (answers[card.type] ?? [])
  return later.some((i) => i.state !== 'failed' && names.includes(i.action?.name ?? ''))
}

// quickOf is the newest row of pills; any word of the person makes it go, and so does a colleague's, or a newer card.
export function quickOf(items: Item[]): QuickItem[] {
  const said = items.slice(items.findLastIndex((i) => i.role === 'user') + 1)
  const last = said.findLast((i) => i.cards.length > 0 || (i.role === 'agent' && i.kind !== 'agent'))
  const card = last?.cards.find((c) => c.type === 'quick_replies')
  // A yes to an agreement is given on its card, after its tick.
  const asked = items.some((i, n) => i.cards.some((c) => c.type === 'agreement' && !answeredBy(c, items.slice(n + 1))))
  return (card?.items ?? []).filter((q) => !asked || q.id !== 'confirm').slice(0, 4)
}
