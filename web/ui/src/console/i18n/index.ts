import { computed, ref } from 'vue'
import en from './en'
import zh, { type Catalogue, type Key } from './zh'

export type { Key }
export type UiLang = 'zh' | 'en'
export const catalogues: Record<UiLang, Catalogue> = { zh, en }

const stored = 'hejie.console.lang'

function firstLang(): UiLang {
  const asked = new URLSearchParams(location.search).get('lang') ?? localStorage.getItem(stored) ?? navigator.language
  return asked.toLowerCase().startsWith('en') ? 'en' : 'zh'
}

export const lang = ref<UiLang>(typeof location === 'undefined' ? 'zh' : firstLang())
// dateLang is what the shared formatters call it.
export const dateLang = computed(() => (lang.value === 'en' ? ('en' as const) : ('zh-Hans' as const)))

export function setLang(l: UiLang) {
  lang.value = l
  localStorage.setItem(stored, l)
}

// fill puts values into {placeholders}; the result is text, never markup.
export function fill(template: string, values: Record<string, string | number> = {}): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole))
}

export function t(key: Key, values?: Record<string, string | number>): string {
  return fill(catalogues[lang.value][key], values)
}

// word names a code of a closed set (debt types, stages, reasons …). A code nobody has named yet shows as it is.
export function word(prefix: string, code: string | undefined): string {
  if (!code) return ''
  const key = `${prefix}_${code}` as Key
  return catalogues[lang.value][key] ?? code.replaceAll('_', ' ')
}
