// How the queue is cut into groups: crisis pinned, then mine, then the longest waiting, then the rest.
import type { Key } from '../i18n'
import type { QueueLine } from './types'

export interface Group {
  key: Key
  lines: QueueLine[]
}

export function groups(lines: QueueLine[], me: string): Group[] {
  const out: Group[] = [
    { key: 'group_crisis', lines: [] },
    { key: 'group_mine', lines: [] },
    { key: 'group_waiting', lines: [] },
    { key: 'group_others', lines: [] },
    { key: 'group_closed', lines: [] },
  ]
  for (const l of lines) out[place(l, me)].lines.push(l)
  return out.filter((g) => g.lines.length > 0)
}

function place(l: QueueLine, me: string): number {
  if (l.control === 'closed') return 4
  if (l.crisis) return 0
  if (l.agent_id === me) return 1
  return l.control === 'queue' ? 2 : 3
}

export function flat(gs: Group[]): QueueLine[] {
  return gs.flatMap((g) => g.lines)
}
