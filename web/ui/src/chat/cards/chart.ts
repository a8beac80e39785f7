import { html, svg, type TemplateResult } from 'lit'
import { amount, dayNumber, monthOf } from '../../shared/format'
import type { Lang } from '../../shared/format'
import type { Offer } from '../wire'

const W = 340
const H = 108
const LEFT = 46
const TOP = 8
const BOTTOM = 22

export interface Line {
  name: string
  offer: Offer
  style: 'solid' | 'dashed' | 'dotted'
  chosen: boolean
}

// niceTop is the round number at the top of the axis, in minor units.
export function niceTop(fen: number): number {
  const step = 10 ** Math.max(2, Math.floor(Math.log10(Math.max(fen, 100))))
  for (const k of [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10]) if (step * k >= fen) return Math.round(step * k)
  return step * 10
}

// remaining lists [day, still to pay after that day], beginning with what the plan will cost in all.
export function remaining(o: Offer, start: number): [number, number][] {
  let left = o.total_fen
  const out: [number, number][] = [[start, left]]
  for (const i of o.instalments) {
    left -= i.amount_fen
    out.push([dayNumber(i.due), left])
  }
  return out
}

// chart draws what is left to pay as steps: money moves on due dates, not between them.
export function chart(
  lines: Line[],
  startISO: string,
  lang: Lang,
  title: string,
  spoken: string,
  masked: boolean,
): TemplateResult {
  const start = dayNumber(startISO)
  const end = Math.max(start + 1, ...lines.flatMap((l) => l.offer.instalments.map((i) => dayNumber(i.due))))
  const top = niceTop(Math.max(...lines.map((l) => l.offer.total_fen)))
  const x = (d: number) => LEFT + ((d - start) / (end - start)) * (W - LEFT - 2)
  const y = (v: number) => TOP + (1 - v / top) * (H - TOP - BOTTOM)
  const path = (l: Line) => {
    const pts = remaining(l.offer, start)
    return pts
      .slice(1)
      .reduce(
        (d, [day, left]) => `${d}H${x(day).toFixed(1)}V${y(left).toFixed(1)}`,
        `M${x(pts[0][0]).toFixed(1)} ${y(pts[0][1]).toFixed(1)}`,
      )
  }
  // The chosen line is drawn last, on top.
  const drawn = [...lines].sort((a, b) => Number(a.chosen) - Number(b.chosen))
  const lastISO = new Date(end * 86_400_000).toISOString()
  const midISO = new Date(((start + end) / 2) * 86_400_000).toISOString()
  const axis = (fen: number) => (masked && fen > 0 ? '•••' : amount(fen).replace(/\.00$/, ''))
  return html`<figure class="chart">
    <figcaption><span>${title}</span>
      <span class="legend" aria-hidden="true">${lines.map((l) => html`<span><svg width="24" height="4" class=${`ln ${l.style}${l.chosen ? ' chosen' : ''}`}><path d="M0 2H24" /></svg>${l.name}</span>`)}</span>
    </figcaption>
    <svg viewBox="0 0 ${W} ${H}" role="img" aria-label=${spoken}>
      ${[0, top / 2, top].map((v) => svg`<path class="grid" d="M${LEFT} ${y(v)}H${W}" /><text x=${LEFT - 6} y=${y(v) + 4} text-anchor="end">${axis(v)}</text>`)}
      ${drawn.map((l) => svg`<path class="ln ${l.style}${l.chosen ? ' chosen' : ''}" d=${path(l)} />`)}
      <text x=${LEFT} y=${H - 4}>${monthOf(startISO, lang)}</text>
      ${end - start > 150 ? svg`<text x=${(LEFT + W) / 2} y=${H - 4} text-anchor="middle">${monthOf(midISO, lang)}</text>` : ''}
      <text x=${W} y=${H - 4} text-anchor="end">${monthOf(lastISO, lang)}</text>
    </svg>
  </figure>`
}
