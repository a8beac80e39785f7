// Dialogs of the console: which are open, and the one that asks for a reason before something is done.
import { computed, reactive, ref } from 'vue'

const openNow = reactive(new Set<string>())

export const anyDialog = () => openNow.size > 0
export const openDialog = (name: string) => void openNow.add(name)
export const closeDialog = (name: string) => void openNow.delete(name)

// dialog is the v-model of a dialog by its name.
export const dialog = (name: string) =>
  computed({
    get: () => openNow.has(name),
    set: (on: boolean) => (on ? openDialog(name) : closeDialog(name)),
  })

export interface Ask {
  title: string
  lead?: string
  label?: string // of the text that must be given; absent: only a yes or no
  yes: string
  // A failure stays inside the dialog: what was written is not lost.
  run(reason: string): Promise<unknown>
}

export const asking = ref<Ask | null>(null)

export function ask(a: Ask) {
  asking.value = a
  openDialog('ask')
}
