// Shapes of the console's REST answers and socket frames. Nothing here has behaviour.

export type Decision = 'pass' | 'rewrite' | 'hold' | 'block'

export interface Hit {
  rule: string
  decision: Decision
  part: number
  start: number
  end: number
  text: string
  why: string
  basis: string
}

export interface Figure {
  kind: 'money' | 'date' | 'count' | 'percent' | 'phone' | 'url' | 'ref' | 'time'
  value?: number
  text?: string
  origin: string
}

// A suspicion that the sentence around it did not bear out.
export interface LetGo {
  rule: string
  part: number
  start: number
  end: number
  text: string
  sounds: number // how likely the sentence is one that must not be sent, in percent
}

export interface Verdict {
  verdict: Decision
  hits?: Hit[]
  let_go?: LetGo[]
  rewrite?: string
  sources?: Figure[]
  ruleset: string
}

export interface Part {
  role: string
  text: string
  ref?: string
  data?: unknown
}

export interface Me {
  id: string
  login: string
  name: string
  role: string
  actions: string[]
}

export interface QueueLine {
  id: string
  creditor_id: string
  name: string
  debt_type: string
  channel: string
  identity: string
  control: string
  agent_id?: string
  agent_name?: string
  desk?: string // people at another desk hold it (WeCom's own)
  crisis: boolean
  locked: boolean
  reason?: string
  hold_reason?: string
  held_drafts: number
  last_text: string
  last_author: string
  head_seq: number
  updated_ms: number
  waiting_ms: number
}

export interface Conv {
  id: string
  creditor_id: string
  known: boolean
  channel: string
  lang: string
  identity: string
  control: 'bot' | 'queue' | 'agent' | 'closed'
  agent_id?: string
  agent_name?: string
  desk?: string
  crisis: boolean
  reason?: string
  head_seq: number
  read_seq: number
  recv_seq: number
}

export interface Action {
  name: string
  ref?: string
  confirm_text?: string
  count?: number
  monthly_fen?: number
  fields?: Record<string, string>
}

export interface Message {
  id: string
  seq: number
  direction: 'in' | 'out'
  author: string
  agent_name?: string
  desk?: string // said there; judged afterwards, so nothing was stopped
  kind: string
  text: string
  action?: Action
  parts?: Part[]
  state: string
  at_ms: number
  verdict?: Verdict
  audit?: { n: number; hash: string } // for those who may read it
}

export interface Held {
  id: string
  author: string
  agent_name?: string
  parts: Part[]
  verdict: Verdict
  at_ms?: number
}

export interface Note {
  id: string
  agent_name: string
  text: string
  at_ms: number
}

export interface ConvPage {
  conversation: Conv
  messages: Message[]
  held: Held[]
  notes: Note[]
  more: boolean
}

export interface Entry {
  id: string
  kind: string
  component: string
  amount_fen: number
  on: string
  basis: string
}

export interface Account {
  id: string
  no4: string
  debt_type: string
  currency: string
  balance: {
    principal_fen: number
    interest_fen: number
    penalty_fen: number
    fees_fen: number
    as_of: string
  }
  total_fen: number
  days_overdue: number
  stage: string
  daily_interest_fen: number
  excess_fen: number
  entries: Entry[]
}

export interface Instalment {
  n: number
  due: string
  amount_fen: number
  principal_fen?: number
  interest_fen?: number
  penalty_fen?: number
  fees_fen?: number
}

export interface Offer {
  id: string
  kind: string
  currency?: string
  total_fen: number
  waived_fen: number
  instalments: Instalment[]
  valid_until: string
  needs_approval: boolean
  approver?: string
  above_means?: boolean
  cost_fen?: number
  every?: string
  why?: { code: string; amount_fen?: number; count?: number; date?: string; pct?: number }[]
}

export interface Plan {
  id: string
  kind: string
  count: number
  paid: number
  next_due?: string
  amount_fen: number
  total_fen: number
}

export interface Panel {
  known: boolean
  name: string
  phone: string
  identity: string
  creditor: string
  collector: string
  contacts?: { today: number; week: number; opted_out: boolean }
  means: {
    monthly_income_fen?: number
    monthly_outgoings_fen?: number
    payday?: number
    reason?: string
  }
  accounts: Account[]
  holds: { reason: string; scope: string; until?: string }[]
  cases: { id?: string; kind: string; due?: string; note?: string }[]
  arrangements: Plan[]
  offers: Offer[]
}

export interface AuditLine {
  n: number
  id: string
  at_ms: number
  kind: string
  actor: string
  verdict: Verdict
  hash: string
}

export interface SocketFrame {
  t: 'hello' | 'event' | 'presence' | 'typing' | 'lost' | 'pong'
  kind?: string
  conversation_id?: string
  seq?: number
  viewers?: { id: string; name: string }[]
  name?: string
  agent?: boolean
  on?: boolean
}
