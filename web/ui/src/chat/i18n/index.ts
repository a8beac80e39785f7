import type { Lang } from '../../shared/format'
import zhHans, { type Catalogue, type Key } from './zh-Hans'

export type { Catalogue, Key }

// The base travels with the app; the other languages come only to those who read them.
const loaded: Partial<Record<Lang, Catalogue>> = { 'zh-Hans': zhHans }

export const sources: Record<Lang, () => Promise<Catalogue>> = {
  'zh-Hans': async () => zhHans,
  'zh-Hant': async () => (await import('./zh-Hant')).default,
  en: async () => (await import('./en')).default,
}

// loadLanguage resolves once the language can be drawn. When it cannot be fetched the base is shown: words beat none.
export async function loadLanguage(lang: Lang): Promise<void> {
  if (loaded[lang]) return
  try {
    loaded[lang] = await sources[lang]()
  } catch {
    loaded[lang] = undefined
  }
}

export function isKey(key: string): key is Key {
  return Object.hasOwn(zhHans, key)
}

export type Translate = (key: Key, values?: Record<string, string | number>) => string

export function translator(lang: Lang): Translate {
  const c = loaded[lang] ?? zhHans
  return (key, values) => fill(c[key], values)
}

// fill puts values into {placeholders}; the result is text, never markup.
export function fill(template: string, values: Record<string, string | number> = {}): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : whole,
  )
}
