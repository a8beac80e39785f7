// A list fetched from the server: loading, failed, empty or there. Only the newest call counts.
import { onMounted, onUnmounted, ref, shallowRef, watch } from 'vue'
import { faultOf } from './act'
import { desk } from './desk'
import { newest } from './fresh'

export function useFetch<T>(fetch: () => Promise<T>, again: () => unknown = () => 0) {
  const data = shallowRef<T | null>(null)
  const busy = ref(true)
  const fault = ref('')
  const { next } = newest()

  async function load() {
    const signal = next()
    busy.value = true
    try {
      const got = await fetch()
      if (signal.aborted) return
      data.value = got
      fault.value = ''
    } catch (e) {
      if (signal.aborted) return
      fault.value = faultOf(e)
    }
    busy.value = false
  }

  onMounted(load)
  // What failed while the line was down is asked again once it is back.
  watch(
    () => desk.up,
    (up) => void (up && fault.value && load()),
  )
  watch(again, () => {
    data.value = null
    void load()
  })
  return { data, busy, fault, load }
}

// useLive reloads, at most every three seconds, when the socket says that something happened.
export function useLive(load: () => Promise<void>) {
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(
    () => desk.pulse,
    () => {
      timer ??= setTimeout(() => {
        timer = undefined
        void load()
      }, 3000)
    },
  )
  onUnmounted(() => clearTimeout(timer))
}
