// Places of a text that a rule objects to. Rules count runes; JavaScript counts UTF-16 units.
import type { Hit } from './types'

export interface Marked {
  text: string
  hit?: Hit
}

export function mark(text: string, hits: Hit[]): Marked[] {
  const runes = Array.from(text)
  const out: Marked[] = []
  let at = 0
  for (const h of [...hits].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const start = Math.max(h.start, at)
    const end = Math.min(h.end, runes.length)
    if (end <= start) continue
    if (start > at) out.push({ text: runes.slice(at, start).join('') })
    out.push({ text: runes.slice(start, end).join(''), hit: h })
    at = end
  }
  if (at < runes.length) out.push({ text: runes.slice(at).join('') })
  return out
}
