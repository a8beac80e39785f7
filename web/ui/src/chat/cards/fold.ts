import { html, type TemplateResult } from 'lit'
import { icon } from '../icons'

// fold is a heading that unfolds what is under it; the browser's own details element gives keyboard and screen reader for free.
export function fold(title: string, body: unknown, open = false): TemplateResult {
  return html`<details class="fold" ?open=${open}>
    <summary><span>${title}</span>${icon('chevron')}</summary>
    ${body}
  </details>`
}
