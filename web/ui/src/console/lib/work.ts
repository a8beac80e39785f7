// REST calls beside the conversation itself. Nothing here keeps state.
import { call, convPath, root } from './api'
import type { Conv, Verdict } from './types'
import type {
  ApiKey,
  Approval,
  CaseRow,
  ConvApproval,
  ChannelRow,
  Colleague,
  DeadLetter,
  DeliveryEvent,
  FileRow,
  HoldIn,
  HoldRow,
  HookLine,
  Invitation,
  Inviters,
  OfferSendIn,
  OfferSent,
  Paste,
  PolicyView,
  SecondLook,
  Subscription,
  WhatIf,
  WhatIfIn,
} from './worktypes'

interface Items<T> {
  items: T[]
}

// query leaves out what is empty: an absent filter means all.
export function query(values: Record<string, string | undefined>): string {
  const q = new URLSearchParams()
  for (const [k, v] of Object.entries(values)) if (v) q.set(k, v)
  const s = q.toString()
  return s && `?${s}`
}

const part = encodeURIComponent
const list = <T>(path: string, signal?: AbortSignal) => call<Items<T>>('GET', path, undefined, signal).then((r) => r.items)

export const work = {
  whatIf: (conv: string, wish: WhatIfIn, signal?: AbortSignal) =>
    call<WhatIf>('POST', `${convPath(conv)}/what-if`, wish, signal),
  sendOffers: (conv: string, body: OfferSendIn) => call<OfferSent>('POST', `${convPath(conv)}/offers`, body),
  convApprovals: (conv: string) => list<ConvApproval>(`${convPath(conv)}/approvals`),
  files: (conv: string) => list<FileRow>(`${convPath(conv)}/files`),
  fileURL: (conv: string, id: string) => `${root}${convPath(conv)}/files/${part(id)}`,
  inviters: (conv: string) => call<Inviters>('GET', `${convPath(conv)}/invitations`),
  invite: (conv: string, channel: string, account: string) =>
    call<Invitation>('POST', `${convPath(conv)}/invitations`, { channel, account }),
  approvals: (creditor: string) => list<Approval>(`/approvals${query({ creditor })}`),
  decideApproval: (a: Approval, decision: 'approve' | 'refuse', reason: string) =>
    call<{ told: boolean }>('POST', '/approvals', {
      conversation_id: a.conversation_id,
      case_id: a.case_id,
      offer_id: a.offer.id,
      decision,
      reason,
    }),
  agreementURL: (id: string, pdf = false) => `${root}/agreements/${part(id)}${pdf ? '?format=pdf' : ''}`,

  holds: (creditor: string, conversation = '') => list<HoldRow>(`/holds${query({ creditor, conversation })}`),
  placeHold: (conv: string, hold: HoldIn) => call<void>('POST', `${convPath(conv)}/holds`, hold),
  liftHold: (id: string, reason: string) => call<void>('POST', `/holds/${part(id)}/lift`, { reason }),
  cases: (creditor: string, state: string, kind = '') =>
    call<Items<CaseRow> & { today: string }>('GET', `/cases${query({ creditor, state, kind })}`),
  closeCase: (conv: string, id: string, outcome: string) =>
    call<void>('POST', `${convPath(conv)}/cases/${part(id)}/close`, { outcome }),

  resolveHeld: (conv: string, draft_id: string, action: 'drop' | 'retry', reason: string) =>
    call<{ verdict: Verdict }>('POST', `${convPath(conv)}/held/resolve`, { draft_id, action, reason }),
  askSecondLook: (conv: string, text: string, reason: string) =>
    call<{ review_id: string }>('POST', `${convPath(conv)}/second-look`, { text, reason }),
  secondLooks: (state: string, conversation = '') => list<SecondLook>(`/second-looks${query({ state, conversation })}`),
  decideSecondLook: (id: string, decision: 'approve' | 'refuse', reason: string) =>
    call<{ state: string; verdict: Verdict }>('POST', `/second-looks/${part(id)}`, { decision, reason }),
  // Whoever may move any conversation assigns it; others give away their own.
  transfer: (conv: string, agent_id: string, any: boolean) =>
    call<Conv>('POST', `${convPath(conv)}/${any ? 'assign' : 'transfer'}`, { agent_id }),
  agents: () => list<Colleague>('/agents'),

  policy: (creditor: string) => call<PolicyView>('GET', `/policy${query({ creditor })}`),

  channels: () => list<ChannelRow>('/channels'),
  channelSetup: (channel: string, account: string) =>
    call<Items<Paste>>('POST', '/channels/setup', { channel, account }).then((r) => r.items),
  deadLetters: (creditor: string) => list<DeadLetter>(`/dead-letters${query({ creditor })}`),
  retryDead: (draft_id: string) => call<void>('POST', '/dead-letters/retry', { draft_id }),
  deliveryEvents: (draft_id: string) => list<DeliveryEvent>(`/delivery-events${query({ draft_id })}`),
  testChannel: (channel: string, account: string, number: string) =>
    call<{ draft_id: string }>('POST', '/channels/test', { channel, account, number }),

  webhooks: (creditor: string) => list<Subscription>(`/webhooks${query({ creditor })}`),
  addWebhook: (creditor_id: string, url: string, events: string[]) =>
    call<{ subscription: Subscription; secret: string }>('POST', '/webhooks', { creditor_id, url, events }),
  setWebhook: (id: string, url: string, events: string[], state: string) =>
    call<{ subscription: Subscription }>('PUT', `/webhooks/${part(id)}`, { url, events, state }),
  dropWebhook: (id: string) => call<void>('DELETE', `/webhooks/${part(id)}`),
  rotateWebhook: (id: string) =>
    call<{ secret: string; previous_until_ms: number }>('POST', `/webhooks/${part(id)}/rotate`),
  webhookLog: (id: string) => list<HookLine>(`/webhooks/${part(id)}/log`),
  replayWebhook: (id: string, range: { n?: number; from_n?: number; to_n?: number }) =>
    call<{ replayed: number }>('POST', `/webhooks/${part(id)}/replay`, range),

  keys: (creditor: string) => list<ApiKey>(`/api-keys${query({ creditor })}`),
  addKey: (creditor_id: string, name: string, scopes: string[]) =>
    call<{ key: ApiKey; secret: string }>('POST', '/api-keys', { creditor_id, name, scopes }),
  revokeKey: (id: string) => call<void>('POST', `/api-keys/${part(id)}/revoke`),
}
