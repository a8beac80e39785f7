// The console's REST calls. Every failure becomes an ApiError with the server's stable code and its sentence.
import { lang, t } from '../i18n'
import type { AuditLine, Conv, ConvPage, Me, Note, Panel, QueueLine, Verdict } from './types'

export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message)
  }
}

async function call<T>(method: 'GET' | 'POST', path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const headers: Record<string, string> = { 'Accept-Language': lang.value }
  if (method === 'POST') headers['Content-Type'] = 'application/json'
  let res: Response
  try {
    const payload = body === undefined ? undefined : JSON.stringify(body)
    res = await fetch(`/api/v1/console${path}`, {
      method,
      headers,
      body: payload,
      signal,
      credentials: 'same-origin',
    })
  } catch (e) {
    if (signal?.aborted) throw e
    throw new ApiError('offline', t('offline'))
  }
  if (res.status === 204) return undefined as T
  const data: unknown = await res.json().catch(() => null)
  if (!res.ok) {
    const err = data as { code?: string; message?: string } | null
    throw new ApiError(err?.code ?? 'internal', err?.message ?? t('offline'))
  }
  return data as T
}

const conv = (id: string) => `/conversations/${encodeURIComponent(id)}`

export const api = {
  me: () => call<Me>('GET', '/me'),
  signIn: (login: string, password: string) => call<Me>('POST', '/sign-in', { login, password }),
  signOut: () => call<void>('POST', '/sign-out'),
  tenants: () => call<{ tenants: { id: string; name: string }[] }>('GET', '/tenants'),
  queue: (filter: string, search: string, signal?: AbortSignal) =>
    call<{
      items: QueueLine[]
      counts: Record<string, number>
      now_ms: number
    }>('GET', `/queue?${new URLSearchParams({ filter, search })}`, undefined, signal),
  conversation: (id: string, after = 0, signal?: AbortSignal) =>
    call<ConvPage>('GET', `${conv(id)}?after=${after}`, undefined, signal),
  panel: (id: string, signal?: AbortSignal) => call<Panel>('GET', `${conv(id)}/panel`, undefined, signal),
  unmask: (id: string) => call<{ name: string; phone: string }>('POST', `${conv(id)}/unmask`),
  move: (id: string, how: 'take' | 'hand-back' | 'close') => call<Conv>('POST', `${conv(id)}/${how}`),
  check: (id: string, text: string, signal?: AbortSignal) =>
    call<Verdict>('POST', `${conv(id)}/check`, { text }, signal),
  reply: (id: string, text: string, draftId: string) =>
    call<{ sent: boolean; verdict: Verdict }>('POST', `${conv(id)}/reply`, {
      text,
      draft_id: draftId,
    }),
  note: (id: string, text: string) => call<Note>('POST', `${conv(id)}/notes`, { text }),
  audit: (id: string) => call<{ lines: AuditLine[] }>('GET', `/audit?${new URLSearchParams({ conversation: id })}`),
}
