// Times as an agent reads them.
import { ref } from 'vue'
import { clock, localDay, shortDay } from '../../shared/format'
import { dateLang, t } from '../i18n'

// now ticks each half minute; every "3 min" on the page follows it.
export const now = ref(Date.now())
setInterval(() => {
  now.value = Date.now()
}, 30_000)

export function ago(ms: number): string {
  const min = Math.floor((now.value - ms) / 60_000)
  if (min < 1) return t('wait_now')
  if (min < 60) return t('wait_min', { n: min })
  if (min < 1440) return t('wait_hour', { n: Math.floor(min / 60) })
  return t('wait_day', { n: Math.floor(min / 1440) })
}

// stamp is the wall time; with the day when it was not today.
export function stamp(ms: number): string {
  const day = localDay(ms)
  return day === localDay(now.value) ? clock(ms) : `${shortDay(day, dateLang.value)} ${clock(ms)}`
}
