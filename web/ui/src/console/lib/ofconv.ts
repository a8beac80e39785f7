// Something about the open conversation, kept as long as that conversation is open.
import { onUnmounted, type ShallowRef, shallowRef, watch } from 'vue'
import { desk } from './desk'

// useOfConv keeps something about the open conversation, read again whenever `again` changes. `wanted` false empties it;
// a failed reading leaves what was there.
export function useOfConv<T>(none: T, wanted: () => unknown, again: () => unknown, ask: (id: string) => Promise<T>): ShallowRef<T> {
  const data = shallowRef(none)
  let run = 0
  onUnmounted(() => run++)
  watch(
    [() => desk.conv?.id, again],
    async ([id], old) => {
      const mine = ++run
      if (!id || !wanted() || id !== old?.[0]) data.value = none
      if (!id || !wanted()) return
      const got = await ask(id).catch(() => undefined)
      if (got !== undefined && mine === run) data.value = got
    },
    { immediate: true },
  )
  return data
}
