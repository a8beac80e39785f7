import { LitElement } from 'lit'
import type { Ctx } from '../context'
import type { Card } from '../wire'

// CardElement renders into the light DOM: the iframe already isolates us, one style sheet serves all cards, and labels may
// point at ids anywhere in the page.
export abstract class CardElement extends LitElement {
  static properties = { card: { attribute: false }, ctx: { attribute: false }, live: { type: Boolean } }
  declare card: Card
  declare ctx: Ctx
  declare live: boolean // the newest of its kind; older cards are history and cannot be pressed

  private static n = 0
  protected readonly uid = `c${++CardElement.n}`

  protected createRenderRoot(): HTMLElement {
    return this
  }

  // mask hides a figure without changing the layout much.
  protected mask(text: string): string {
    return this.ctx.masked ? '•••••' : text
  }
}
