// The console's REST calls. Every failure becomes an ApiError with the server's stable code and its sentence.
import { dateLang, lang, t } from '../i18n'
import type { AuditLine, Conv, ConvPage, Me, Note, Panel, QueueLine, Verdict } from './types'

export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message)
  }
}

export const root = '/api/v1/console'

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

export async function call<T>(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const headers: Record<string, string> = { 'Accept-Language': lang.value }
  if (method !== 'GET') headers['Content-Type'] = 'application/json'
  let res: Response
  try {
    const payload = body === undefined ? undefined : JSON.stringify(body)
    res = await fetch(`${root}${path}`, {
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

export const convPath = (id: string) => `/conversations/${encodeURIComponent(id)}`

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
    call<ConvPage>('GET', `${convPath(id)}?after=${after}`, undefined, signal),
  panel: (id: string, signal?: AbortSignal) => call<Panel>('GET', `${convPath(id)}/panel`, undefined, signal),
  unmask: (id: string) => call<{ name: string; phone: string }>('POST', `${convPath(id)}/unmask`),
  move: (id: string, how: 'take' | 'hand-back' | 'close') => call<Conv>('POST', `${convPath(id)}/${how}`),
  check: (id: string, text: string, signal?: AbortSignal) =>
    call<Verdict>('POST', `${convPath(id)}/check`, { text, author_lang: dateLang.value }, signal),
  reply: (id: string, text: string, draftId: string) =>
    call<{ sent: boolean; verdict: Verdict }>('POST', `${convPath(id)}/reply`, {
      text,
      draft_id: draftId,
      author_lang: dateLang.value, // the reasons come in the language the agent reads
    }),
  note: (id: string, text: string) => call<Note>('POST', `${convPath(id)}/notes`, { text }),
  audit: (id: string) => call<{ lines: AuditLine[] }>('GET', `/audit?${new URLSearchParams({ conversation: id })}`),
}
