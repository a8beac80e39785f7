// What goes with an offer that an agent sends. The suggestion is in the debtor's language; the agent may change every word.
import type { Offer } from './types'

const words: Record<string, string> = {
  'zh-Hans': '按您说的情况，这是按规则能给的方案。您看看，想好再选，不选也可以。',
  'zh-Hant': '按您說的情況，這是按規則能給的方案。您看看，想好再選，不選也可以。',
  en: 'From what you told us, this is what the rules allow. Have a look and take your time. You need not take it.',
}

export const suggested = (lang: string | undefined) => words[lang ?? ''] ?? words['zh-Hans']

// needsSupervisor: the rules leave this offer to somebody else than the person at the desk.
export const needsSupervisor = (o: Pick<Offer, 'needs_approval' | 'approver'>, role: string | undefined) =>
  o.needs_approval && o.approver === 'supervisor' && role !== 'supervisor' && role !== 'admin'

// decided splits a case's outcome that an approval wrote ("approved off_…: why"); other outcomes are words of their own.
export function decided(outcome: string): { state: string; reason: string } | undefined {
  const m = /^(approved|refused) off_\w+: ?(.*)$/s.exec(outcome)
  return m ? { state: m[1], reason: m[2] } : undefined
}
