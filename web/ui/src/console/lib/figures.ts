// Finds in a text the figures whose origin the filter recorded, so that a page can underline them.
// It never decides whether a figure is true: that was done before the text left.
import type { Figure } from './types'

export interface Segment {
  text: string
  figure?: Figure
}

const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
// Dates first: their digits must not be taken for counts or money.
const token = new RegExp(
  [
    String.raw`(?<y>\d{4})\s*年\s*(?<m>\d{1,2})\s*月\s*(?<d>\d{1,2})\s*[日号](?:（周.）|\(周.\))?`,
    String.raw`(?<iso>\d{4}-\d{2}-\d{2})`,
    String.raw`(?<m2>\d{1,2})\s*月\s*(?<d2>\d{1,2})\s*[日号](?:（周.）|\(周.\))?`,
    String.raw`(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\w*,?\s+)?(?<ed>\d{1,2})\s+(?<em>[A-Z][a-z]{2})[a-z]*(?:\s+(?<ey>\d{4}))?`,
    String.raw`(?<num>\d[\d,]*(?:\.\d+)?)(?<unit>\s*(?:%|％|元|期|天|个月|次|months?|days?|instalments?|payments?))?`,
  ].join('|'),
  'g',
)

export function annotate(text: string, sources: Figure[] | undefined): Segment[] {
  if (!sources?.length || !text) return [{ text }]
  const out: Segment[] = []
  let at = 0
  for (const hit of text.matchAll(token)) {
    const figure = matchFigure(hit.groups ?? {}, sources)
    if (!figure) continue
    if (hit.index > at) out.push({ text: text.slice(at, hit.index) })
    out.push({ text: hit[0], figure })
    at = hit.index + hit[0].length
  }
  if (at < text.length) out.push({ text: text.slice(at) })
  return out
}

function matchFigure(g: Record<string, string | undefined>, sources: Figure[]): Figure | undefined {
  const day = dayOf(g)
  if (day) return sources.find((f) => f.kind === 'date' && f.text !== undefined && sameDay(f.text, day))
  if (!g.num) return undefined
  return matchNumber(g.num, (g.unit ?? '').trim(), sources)
}

function matchNumber(num: string, unit: string, sources: Figure[]): Figure | undefined {
  const hundredths = toHundredths(num)
  if (hundredths === undefined) return undefined
  const kinds =
    unit === '%' || unit === '％' ? ['percent'] : unit === '元' ? ['money'] : num.includes('.') ? ['money'] : []
  const allowed = kinds.length ? kinds : unit ? ['count'] : ['money', 'count', 'phone', 'ref']
  return sources.find((f) => {
    if (!allowed.includes(f.kind)) return false
    if (f.kind === 'money' || f.kind === 'percent') return f.value === hundredths
    if (f.kind === 'count') return hundredths === (f.value ?? 0) * 100
    return f.text === num
  })
}

// toHundredths reads "11,821.40" as 1182140 without a float.
export function toHundredths(num: string): number | undefined {
  const [whole, frac = ''] = num.replaceAll(',', '').split('.')
  if (frac.length > 2) return undefined
  return Number(whole + frac.padEnd(2, '0'))
}

interface Day {
  y?: number
  m: number
  d: number
}

function dayOf(g: Record<string, string | undefined>): Day | undefined {
  if (g.y) return { y: Number(g.y), m: Number(g.m), d: Number(g.d) }
  if (g.iso)
    return {
      y: Number(g.iso.slice(0, 4)),
      m: Number(g.iso.slice(5, 7)),
      d: Number(g.iso.slice(8, 10)),
    }
  if (g.m2) return { m: Number(g.m2), d: Number(g.d2) }
  if (g.em) {
    const m = months.indexOf(g.em.toLowerCase()) + 1
    if (m > 0) return { y: g.ey ? Number(g.ey) : undefined, m, d: Number(g.ed) }
  }
  return undefined
}

function sameDay(iso: string, day: Day): boolean {
  const [y, m, d] = iso.split('-').map(Number)
  return m === day.m && d === day.d && (day.y === undefined || day.y === y)
}
