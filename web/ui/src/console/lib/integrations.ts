// Webhooks and API keys: the closed lists, and who may change them.
import { may } from './desk'

export const events = ['message', 'handoff', 'arrangement', 'hold', 'case', 'delivery', 'promise']
export const scopes = [
  'accounts:read',
  'payments:write',
  'conversations:read',
  'arrangements:read',
  'holds:read',
  'holds:write',
  'cases:read',
  'cases:write',
  'webhooks:manage',
]
export const manages = () => may('integrations')

// goodURL: what a webhook can be sent to. The server has the last word on which hosts it calls.
export function goodURL(s: string): boolean {
  try {
    const u = new URL(s.trim())
    return (u.protocol === 'https:' || u.protocol === 'http:') && u.hostname !== ''
  } catch {
    return false
  }
}
