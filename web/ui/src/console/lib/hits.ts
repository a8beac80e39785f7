// Places of a text that a rule objects to. Rules count runes; JavaScript counts UTF-16 units.
import type { Hit, LetGo } from './types'

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

// Objection is what one rule has against a text, said once for all the places it is about.
export interface Objection {
  rule: string
  why: string
  basis: string
  texts: string[]
}

export function objections(hits: Hit[] = []): Objection[] {
  const out = new Map<string, Objection>()
  for (const { rule, why, basis, text } of hits) {
    const key = `${rule} ${why}`
    const o = out.get(key) ?? { rule, why, basis, texts: [] }
    if (text && !o.texts.includes(text)) o.texts.push(text)
    out.set(key, o)
  }
  return [...out.values()]
}

// widest leaves out a suspicion that lies within another one of its rule.
export function widest(list: LetGo[] = []): LetGo[] {
  const within = (a: LetGo, b: LetGo) => a.rule === b.rule && a.part === b.part && a.start >= b.start && a.end <= b.end
  return list.filter((a, i) => !list.some((b, j) => i !== j && within(a, b) && (!within(b, a) || j < i)))
}
