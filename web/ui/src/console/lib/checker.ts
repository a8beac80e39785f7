// The filter's opinion while the agent types: asked after a short rest, the newest text only.
import { ref } from 'vue'
import { ApiError, api } from './api'
import { say } from './desk'
import { rested } from './fresh'
import type { Verdict } from './types'

const rest = 260

export function useChecker() {
  const verdict = ref<Verdict | null>(null)
  const judged = ref('') // the text the verdict is about
  const busy = ref(false)
  const failed = ref(false)
  const question = rested(rest)

  function clear() {
    question.stop()
    verdict.value = null
    judged.value = ''
    busy.value = false
    failed.value = false
  }

  function ask(conv: string, text: string) {
    if (!text.trim()) return clear()
    busy.value = true
    question.ask(
      (signal) => api.check(conv, text, signal),
      (v) => set(text, v),
      (e) => {
        busy.value = false
        failed.value = true
        if (e instanceof ApiError && e.code === 'unauthorized') say(e)
      },
    )
  }

  function set(text: string, v: Verdict) {
    verdict.value = v
    judged.value = text
    busy.value = false
    failed.value = false
  }

  return { verdict, judged, busy, failed, ask, clear, set }
}
