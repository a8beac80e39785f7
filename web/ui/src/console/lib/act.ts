// One thing a person does: it runs once at a time, and what fails is said beside it, with the typed words still there.
import { ref } from 'vue'
import { t } from '../i18n'
import { ApiError } from './api'
import { say } from './desk'

// faultOf is the sentence for a failure; a lost session goes back to the sign-in page besides.
export function faultOf(e: unknown): string {
  if (e instanceof ApiError && e.code === 'unauthorized') say(e)
  return e instanceof ApiError ? e.message : t('offline')
}

export function useAct() {
  const busy = ref(false)
  const fault = ref('')
  async function act(run: () => Promise<unknown>) {
    if (busy.value) return
    busy.value = true
    fault.value = ''
    try {
      await run()
    } catch (e) {
      fault.value = faultOf(e)
    } finally {
      busy.value = false
    }
  }
  return { busy, fault, act }
}
