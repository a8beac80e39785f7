// How sure the rule book is of a source, in words: its files mark a source with a short code.
import { word } from '../i18n'

export function basisText(basis: string): string {
  return basis.replace(/\s*\[(V2|M|P)\]/g, (_, mark: string) => word('mark', mark))
}
