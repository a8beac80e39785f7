// The filter's opinion while the agent types: asked after a short rest, the newest text only.
import { ref } from 'vue'
import { ApiError, api } from './api'
import { say } from './desk'
import type { Verdict } from './types'

const rest = 260

export function useChecker() {
  const verdict = ref<Verdict | null>(null)
  const judged = ref('') // the text the verdict is about
  const busy = ref(false)
  const failed = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let call: AbortController | undefined

  function clear() {
    clearTimeout(timer)
    call?.abort()
    Object.assign(verdict, { value: null })
    judged.value = ''
    busy.value = false
    failed.value = false
  }

  function ask(conv: string, text: string) {
    clearTimeout(timer)
    call?.abort()
    if (!text.trim()) return clear()
    busy.value = true
    timer = setTimeout(() => void run(conv, text), rest)
  }

  async function run(conv: string, text: string) {
    const mine = new AbortController()
    call = mine
    try {
      const v = await api.check(conv, text, mine.signal)
      if (mine.signal.aborted) return
      set(text, v)
    } catch (e) {
      if (mine.signal.aborted) return
      busy.value = false
      failed.value = true
      if (e instanceof ApiError && e.code === 'unauthorized') say(e)
    }
  }

  function set(text: string, v: Verdict) {
    verdict.value = v
    judged.value = text
    busy.value = false
    failed.value = false
  }

  return { verdict, judged, busy, failed, ask, clear, set }
}
