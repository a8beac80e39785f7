import { svg, type TemplateResult } from 'lit'

const WIDTH = 340
const GAP = 2
const LEAST = 4 // a sliver one can still see

// widths shares the bar by value; tiny parts keep a visible sliver, taken from the largest part.
export function widths(values: number[], total = WIDTH): number[] {
  const shown = values.map((v) => Math.max(0, v))
  const sum = shown.reduce((a, b) => a + b, 0)
  const n = shown.filter((v) => v > 0).length
  if (sum === 0) return shown.map(() => 0)
  const room = total - GAP * (n - 1)
  const out = shown.map((v) => (v > 0 ? Math.max(LEAST, (v / sum) * room) : 0))
  const most = out.indexOf(Math.max(...out))
  out[most] -= out.reduce((a, b) => a + b, 0) - room
  return out
}

// splitBar is an image with a spoken split; the table beside it carries the data.
export function splitBar(parts: { name: string; value: number }[], spoken: string): TemplateResult {
  const w = widths(parts.map((p) => p.value))
  let x = 0
  const rects = parts.map((p, i) => {
    const at = x
    if (w[i] > 0) x += w[i] + GAP
    return w[i] > 0 ? svg`<rect class="fill-${p.name}" x=${at} y="0" width=${w[i]} height="8" rx="2" />` : ''
  })
  return svg`<svg class="split" viewBox="0 0 ${WIDTH} 8" preserveAspectRatio="none" role="img" aria-label=${spoken}>${rects}</svg>` as TemplateResult
}
