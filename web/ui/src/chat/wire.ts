// The shapes that travel: debtchat.v1 frames and the cards of the dialogue engine. Nothing here has behaviour.

export type Role = 'user' | 'bot' | 'agent' | 'system'
export type ConvState = 'bot' | 'queue' | 'agent' | 'closed'
export type Assurance = 'anon' | 'identified' | 'verified'

export interface Frame {
  t: string
  id?: string
  re?: string
  seq?: number
  ts?: string
  p?: Record<string, unknown>
}

export interface Action {
  name: string
  ref?: string
  version?: string | number
  doc_sha256?: string
  confirm_text?: string
  fields?: Record<string, string>
}

export interface Outgoing {
  cid: string
  kind: 'text' | 'action'
  text?: string
  action?: Action
}

export interface Welcome {
  conv: string
  epoch: string
  head_seq: number
  replay_from?: number
  resume: 'new' | 'ok' | 'gap' | 'reset'
  sess_exp?: string
  state?: ConvState
  assurance?: Assurance
  limits?: { text_runes?: number }
}

export interface MsgPayload {
  mid: string
  cid?: string
  from?: { role: Role; name?: string }
  kind?: string
  text?: string
  title?: string
  signature?: string
  card?: Card
  cards?: Card[]
  alt?: string[]
  state?: string
  action?: Action
  stream_id?: string
}

export interface Ack {
  cid: string
  mid: string
  seq: number
  dup?: boolean
}

export interface WireError {
  code: string
  message?: string
  temporary?: boolean
  retry_after_ms?: number
  re?: string
  cid?: string
}

export interface Balance {
  principal_fen: number
  interest_fen: number
  penalty_fen: number
  fees_fen: number
  as_of: string
}

export interface LedgerLine {
  id: string
  kind: 'charge' | 'payment' | 'waiver' | 'adjust'
  component: string
  amount_fen: number
  on: string
  basis?: string
}

export interface BalanceCard {
  account: string
  no4: string
  debt_type: string
  currency: string
  balance: Balance
  days_overdue: number
  daily_interest_fen?: number
  excess_fen?: number
  lines?: LedgerLine[] | null
}

export interface Instalment {
  n: number
  due: string
  amount_fen: number
}

export interface Offer {
  id: string
  kind: 'instalments' | 'deferral' | 'waiver' | 'settlement' | 'token'
  currency?: string
  total_fen: number
  waived_fen: number
  instalments: Instalment[]
  valid_until: string
  needs_approval?: boolean
}

export interface OffersCard {
  currency: string
  balance_fen: number
  offers: Offer[]
  ask?: string
  min_count: number
  max_count: number
  first_from: string
  first_to: string
}

export interface Agreement {
  id: string
  offer: Offer
  no4?: string
  creditor: string
  collector: string
  before: Balance
  drawn_up: string
  expires_at: string
  sha256: string
}

export interface QuickItem {
  id: string
  label: string
}

export interface Card {
  type: string
  text?: string
  labels?: Record<string, string>
  balance?: BalanceCard
  offers?: OffersCard
  agreement?: { agreement: Agreement }
  verify?: { methods: string[]; tries_left: number }
  form?: { kind: string }
  items?: QuickItem[]
  why?: string[]
  clauses?: string[]
  lines?: { number: string; label: string }[]
  doc_url?: string
  doc_sha256?: string
  confirm_text?: string
}

// QuoteAnswer is the message that would carry the new offers; it is shown, not said, so it has no place in the transcript.
export interface QuoteAnswer {
  card?: Card
  cards?: Card[]
}

export interface Session {
  token: string
  conversation_id: string
  assurance: Assurance
  creditor_name?: string
  collector_name?: string
  desk_hours?: string
}
