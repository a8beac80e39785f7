// Money and days as people read them. Money is integer minor units throughout; nothing here makes a float of it.

export type Lang = 'zh-Hans' | 'zh-Hant' | 'en'
export const LANGS: readonly Lang[] = ['zh-Hans', 'zh-Hant', 'en']

// toLang maps whatever a page or browser says ("zh-TW", "zh_CN", "en-GB") to a language we speak.
export function toLang(raw: string | null | undefined): Lang {
  const s = (raw ?? '').toLowerCase().replace('_', '-')
  if (s.startsWith('en')) return 'en'
  if (/^zh-(hant|tw|hk|mo)/.test(s)) return 'zh-Hant'
  return 'zh-Hans'
}

// amount writes 1234567 as 12,345.67.
export function amount(fen: number): string {
  const sign = fen < 0 ? '-' : ''
  const digits = String(Math.abs(fen)).padStart(3, '0')
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',')
  return `${sign}${whole}.${digits.slice(-2)}`
}

const units: Record<Lang, Record<string, string>> = {
  'zh-Hans': { CNY: '元', HKD: '港元', TWD: '新台币', USD: '美元', GBP: '英镑' },
  'zh-Hant': { CNY: '元', HKD: '港元', TWD: '新臺幣', USD: '美元', GBP: '英鎊' },
  en: {},
}

export function unit(currency: string | undefined, lang: Lang): string {
  const c = currency || 'CNY'
  return units[lang][c] ?? c
}

// money writes an amount with its currency: 12,345.67 元. The space does not break.
export function money(fen: number, currency: string | undefined, lang: Lang): string {
  return `${amount(fen)}\u00a0${unit(currency, lang)}`
}

const weekdays: Record<Lang, string[]> = {
  'zh-Hans': ['周日', '周一', '周二', '周三', '周四', '周五', '周六'],
  'zh-Hant': ['週日', '週一', '週二', '週三', '週四', '週五', '週六'],
  en: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'],
}
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

interface Day {
  y: number
  m: number
  d: number
  wd: number
}

function parts(iso: string): Day | undefined {
  const hit = /^(\d{4})-(\d{2})-(\d{2})/.exec(iso)
  if (!hit) return undefined
  const [y, m, d] = [Number(hit[1]), Number(hit[2]), Number(hit[3])]
  return { y, m, d, wd: new Date(Date.UTC(y, m - 1, d)).getUTCDay() }
}

// longDate writes 2026年12月15日（周二） or Tue 15 Dec 2026. What is not a date comes back untouched.
export function longDate(iso: string, lang: Lang): string {
  const p = parts(iso)
  if (!p) return iso
  const wd = weekdays[lang][p.wd]
  return lang === 'en' ? `${wd} ${p.d} ${months[p.m - 1]} ${p.y}` : `${p.y}年${p.m}月${p.d}日（${wd}）`
}

// dayWithWeekday is the short form for a stepper, where brackets would not fit on a phone: 12月15日 周二.
export function dayWithWeekday(iso: string, lang: Lang): string {
  const p = parts(iso)
  if (!p) return iso
  const wd = weekdays[lang][p.wd]
  return lang === 'en' ? `${wd} ${p.d} ${months[p.m - 1]}` : `${p.m}月${p.d}日 ${wd}`
}

// splitDate gives the two lines of a narrow table cell.
export function splitDate(iso: string, lang: Lang): { year: string; day: string } {
  const p = parts(iso)
  if (!p) return { year: '', day: iso }
  return lang === 'en'
    ? { year: String(p.y), day: `${p.d} ${months[p.m - 1]}` }
    : { year: `${p.y}年`, day: `${p.m}月${p.d}日` }
}

export function shortDay(iso: string, lang: Lang): string {
  return splitDate(iso, lang).day
}

export function monthOf(iso: string, lang: Lang): string {
  const p = parts(iso)
  if (!p) return iso
  return lang === 'en' ? `${months[p.m - 1]} ${p.y}` : `${p.y}年${p.m}月`
}

export function addDays(iso: string, n: number): string {
  const p = parts(iso)
  if (!p) return iso
  return new Date(Date.UTC(p.y, p.m - 1, p.d + n)).toISOString().slice(0, 10)
}

export function dayNumber(iso: string): number {
  const p = parts(iso)
  return p ? Date.UTC(p.y, p.m - 1, p.d) / 86_400_000 : 0
}

// clock is the wall time of a message on the reader's own clock.
export function clock(ms: number): string {
  const d = new Date(ms)
  return `${String(d.getHours()).padStart(2, '0')}:${String(d.getMinutes()).padStart(2, '0')}`
}

export function localDay(ms: number): string {
  const d = new Date(ms)
  return `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, '0')}-${String(d.getDate()).padStart(2, '0')}`
}
