import { html, LitElement, nothing } from 'lit'
import type { Ctx } from '../context'
import { icon } from '../icons'

// Paper is a document as it came, byte for byte, and the hash the card promised.
export interface Paper {
  bytes: ArrayBuffer
  sha: string
  name: string
  pdf: () => Promise<Blob>
}

// Only these elements are rebuilt, without any attribute but spans of table cells. Everything else is dropped, its text kept.
const allowed = new Set(
  'H1 H2 H3 H4 P TABLE CAPTION THEAD TBODY TFOOT TR TH TD UL OL LI DL DT DD DIV SECTION ARTICLE B STRONG EM SMALL SPAN CODE BR HR TIME'.split(
    ' ',
  ),
)
const dropped = new Set('SCRIPT STYLE HEAD TITLE META LINK TEMPLATE IFRAME OBJECT SVG FORM INPUT BUTTON'.split(' '))

// rebuild copies a parsed document as plain structure and text nodes; no markup of the source is ever inserted.
export function rebuild(from: Node, to: Node, doc: Document): void {
  for (const n of from.childNodes) {
    if (n.nodeType === 3) to.appendChild(doc.createTextNode(n.nodeValue ?? ''))
    if (n.nodeType !== 1) continue
    const el = n as Element
    const tag = el.tagName.toUpperCase()
    if (dropped.has(tag)) continue
    let next: Node = to
    if (allowed.has(tag)) {
      const copy = doc.createElement(tag)
      for (const a of ['colspan', 'rowspan']) {
        const v = el.getAttribute(a)
        if (v && /^\d{1,2}$/.test(v)) copy.setAttribute(a, v)
      }
      next = to.appendChild(copy)
    }
    rebuild(el, next, doc)
  }
}

async function sha256(bytes: ArrayBuffer): Promise<string | undefined> {
  // Hashing needs a secure context; without one the page says nothing instead of something unproven.
  if (!crypto.subtle) return undefined
  const sum = await crypto.subtle.digest('SHA-256', bytes)
  return Array.from(new Uint8Array(sum), (b) => b.toString(16).padStart(2, '0')).join('')
}

export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob)
  const a = document.createElement('a')
  a.href = url
  a.download = name
  a.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

// HjPaper shows an agreement inside the panel: no pop-up to be blocked, and its fingerprint is checked before it is read.
export class HjPaper extends LitElement {
  static properties = { ctx: { attribute: false }, paper: { attribute: false }, same: { state: true } }
  declare ctx: Ctx
  declare paper: Paper
  declare same?: boolean
  private shown?: Paper

  protected createRenderRoot(): HTMLElement {
    return this
  }

  render(): unknown {
    const { t } = this.ctx
    return html`<dialog aria-label=${t('document')} @close=${this.closed} @keydown=${(e: KeyboardEvent) => e.key === 'Escape' && e.stopPropagation()}>
      <div class="paper-bar">
        <button class="link strong" @click=${this.save}>${icon('down')}${t('paper_save')}</button>
        <button class="link strong" @click=${() => this.querySelector('dialog')?.close()}>${icon('close')}${t('paper_close')}</button>
      </div>
      ${this.same === undefined ? nothing : html`<p class=${`note ${this.same ? 'ok' : ''}`} role="status">${t(this.same ? 'paper_same' : 'paper_differs')}</p>`}
      <article class="paper" tabindex="0"></article>
    </dialog>`
  }

  updated(): void {
    if (this.shown === this.paper) return
    this.shown = this.paper
    const dialog = this.querySelector('dialog')
    const article = this.querySelector('article')
    if (!dialog || !article) return
    // Styles are dropped anyway; taking them out first keeps the parser from reporting them to our own policy.
    const source = new TextDecoder().decode(this.paper.bytes).replace(/<style[\s\S]*?<\/style>|\sstyle="[^"]*"/gi, '')
    const parsed = new DOMParser().parseFromString(source, 'text/html')
    article.replaceChildren()
    rebuild(parsed.body, article, document)
    if (!dialog.open) dialog.showModal()
    article.focus({ preventScroll: true })
    void sha256(this.paper.bytes).then((sum) => {
      this.same = sum === undefined || this.paper.sha === '' ? undefined : sum === this.paper.sha
    })
  }

  // A phone opens a PDF anywhere; on a bad line the copy that is here already is saved instead.
  private async save(): Promise<void> {
    const { bytes, name, pdf } = this.paper
    const blob = await pdf().catch(() => new Blob([bytes], { type: 'text/html' }))
    saveBlob(blob, name + (blob.type.includes('pdf') ? '.pdf' : '.html'))
  }

  private closed(): void {
    this.dispatchEvent(new Event('close'))
  }
}

customElements.define('hj-paper', HjPaper)
