// What a channel's figures mean for the person who watches it: a word, an icon and a colour, always together.
import type { Key } from '../i18n'
import type { ChannelRow } from './worktypes'

export interface Health {
  word: Key
  chip: string
  icon: string
}

const slow = 10 * 60_000

export function health(c: ChannelRow, now = Date.now()): Health {
  if (c.failed > 0 || c.inbox_dead > 0) return { word: 'health_bad', chip: 'v-block', icon: 'cross' }
  if (c.unknown > 0) return { word: 'health_unsure', chip: 'v-hold', icon: 'pause' }
  if (c.queued > 0 && c.oldest_ms > 0 && now - c.oldest_ms > slow)
    return { word: 'health_slow', chip: 'v-hold', icon: 'pause' }
  if (!c.last_sent_ms && !c.last_in_ms) return { word: 'health_quiet', chip: 'plain', icon: 'pause' }
  return { word: 'health_good', chip: 'v-pass', icon: 'check' }
}

// replayRange reads "12" or "12-20": which lines of a webhook's log are sent again.
export function replayRange(s: string): { n?: number; from_n?: number; to_n?: number } | undefined {
  const hit = /^\s*(\d{1,12})\s*(?:[-–—]\s*(\d{1,12})\s*)?$/.exec(s)
  if (!hit) return undefined
  const from = Number(hit[1])
  if (hit[2] === undefined) return from > 0 ? { n: from } : undefined
  const to = Number(hit[2])
  return from > 0 && from <= to ? { from_n: from, to_n: to } : undefined
}
