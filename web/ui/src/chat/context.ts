import type { Lang } from '../shared/format'
import type { Translate } from './i18n'
import type { Action, QuoteAnswer } from './wire'

// Ctx is what a card may do. Cards draw and ask; they hold no connection and no conversation.
export interface Ctx {
  lang: Lang
  t: Translate
  masked: boolean // the person hides figures from whoever looks over their shoulder
  setMasked(on: boolean): void
  act(action: Action, label: string): void
  say(text: string): void
  quote(count: number, firstDue: string): Promise<QuoteAnswer>
  openAgreement(id: string, sha256: string): Promise<void>
}
