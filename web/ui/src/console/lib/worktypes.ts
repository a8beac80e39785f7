// Shapes of the answers beside the conversation: offers, approvals, holds, cases, second looks, policy, channels, integrations.
import type { Offer, Verdict } from './types'

export interface Reason {
  code: string
  amount_fen?: number
  count?: number
  date?: string
  pct?: number
}

export interface OfferAsk {
  kind?: string
  count?: number
  monthly_fen?: number
  first_due?: string
  day_of_month?: number
  defer_to?: string
  lump_fen?: number
  every?: string
  down_fen?: number
  stepped?: boolean
}

export interface OfferMeans {
  monthly_income_fen?: number
  monthly_outgoings_fen?: number
  payday?: number
}

export interface WhatIfIn {
  account_id?: string
  ask: OfferAsk
  means?: OfferMeans
}

export interface WhatIf {
  account_id: string
  currency: string
  answer: {
    ask: 'met' | 'nearest' | 'refused'
    offers: Offer[] | null
    refused: { kind: string; why: Reason[] }[] | null
    path?: string
  }
  stop?: string // why no arrangement is discussed now
}

export interface OfferSendIn extends WhatIfIn {
  offer_ids: string[]
  text?: string
  reason?: string
  draft_id: string
  author_lang: string
}

export interface OfferSent {
  state: 'sent' | 'asked' | 'stopped'
  draft_id?: string
  case_id?: string
  verdict: Verdict
}

export interface ConvApproval {
  case_id: string
  state: 'open' | 'approved' | 'refused' | 'closed'
  offer: Offer
  note: string
  opened_ms: number
  decided_name: string
  decided_ms: number
  reason: string
}

export interface FileRow {
  id: string
  conversation_id: string
  message_id: string
  kind: string
  mime: string
  size: number
  state: string
  fault: string
  created_ms: number
  deleted_ms?: number // by a retention rule, which fault names
}

// A link by which the person can go on in a messaging app: for one use, for a short time.
export interface Inviters {
  items: { channel: string; account: string; qr: boolean }[]
  verified: boolean
}
export interface Invitation {
  link: string
  qr: boolean
  until_ms: number
}

// An offer that waits for a person. The debtor's own consent still comes after it.
export interface Approval {
  conversation_id: string
  case_id: string
  creditor_id: string
  debtor_name: string
  due?: string
  offer: Offer
  note: string
  made_ms: number
  may_decide: boolean
}

export interface HoldRow {
  id: string
  creditor_id: string
  conversation_id: string
  account_id: string
  debtor_name: string
  reason: string
  scope: string
  until: string
  placed_ms: number
  lift: { may: boolean; why: string; from: string }
}

export interface HoldIn {
  reason: string
  scope: string
  account_id?: string
  until?: string
  note: string
}

export interface CaseRow {
  id: string
  conversation_id: string
  creditor_id: string
  account_id: string
  debtor_name: string
  kind: string
  due: string
  overdue: boolean
  note: string
  state: string
  opened_ms: number
  closed_ms: number
  closed_by: string
  closed_name: string
  outcome: string
}

export interface SecondLook {
  id: string
  conversation_id: string
  creditor_id: string
  draft_id: string
  asked_by: string
  asked_name: string
  asked_reason: string
  asked_ms: number
  text: string
  lang: string
  verdict: Verdict
  state: 'open' | 'approved' | 'refused'
  decided_name: string
  decided_reason: string
  decided_ms: number
  may_decide: boolean
}

export interface Colleague {
  id: string
  name: string
  role: string
}

export type RuleValues = Record<string, unknown>

export interface Authority {
  debt_type: string
  segment?: string
  kinds: Record<string, string>
}

export interface PolicyView {
  version: string
  allocation: string
  policy: {
    base: RuleValues
    packs: Record<string, RuleValues>
    segments?: (RuleValues & { name: string; when?: When })[]
    ladder?: (RuleValues & { name: string; round: number; needs?: { means?: boolean; points?: number } })[]
    points?: (RuleValues & { name: string; at: number })[]
    promotions?: (RuleValues & { name: string; from: string; to: string; debt_types?: string[] })[]
    seasons?: (RuleValues & { name: string; kind: string; from: string; to: string; spread_days?: number })[]
    grid?: Record<string, Record<string, string[]>>
  }
  authority?: Authority[]
}

export interface When {
  debt_types?: string[]
  overdue?: { from?: number; to?: number }
  balance_fen?: { from?: number; to?: number }
  risk?: string[]
}

export interface ChannelRow {
  channel: string
  account: string
  webhook_url: string
  setup: string[] // what else the vendor needs, by name
  queued: number
  oldest_ms: number
  parked: number
  failed: number
  unknown: number
  suppressed: number
  sent: number
  last_sent_ms: number
  last_code: string
  inbox: number
  inbox_dead: number
  last_in_ms: number
}

export interface Paste {
  name: string
  value: string
}

export interface DeadLetter {
  draft_id: string
  conversation_id: string
  creditor_id: string
  channel: string
  account: string
  class: string
  state: string
  code: string
  attempts: number
  reply_id: string
  created_ms: number
  updated_ms: number
}

export interface DeliveryEvent {
  at_ms: number
  attempt: number
  state: string
  class: string
  code: string
  detail: string
  provider_id: string
}

export interface Subscription {
  id: string
  creditor_id: string
  url: string
  events: string[]
  state: string
  fault: string
  secret_hint: string
  previous_until_ms: number
  created_ms: number
  disabled_ms: number
  pending: number
  failing_since_ms: number
}

export interface HookLine {
  n: number
  webhook_id: string
  type: string
  at_ms: number
  state: string
  attempts: number
  next_ms: number
  last_status: number
  last_error: string
  last_body: string
  took_ms: number
  done_ms: number
}

export interface ApiKey {
  id: string
  creditor_id: string
  name: string
  prefix: string
  scopes: string[]
  created_ms: number
  last_used_ms: number
  expires_ms: number
  revoked_ms: number
}
