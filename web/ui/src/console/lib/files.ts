// Pictures, voice and papers the person sent over a messaging channel: one list for the thread and for the panel.
import { computed, type InjectionKey, inject, provide } from 'vue'
import { stamp } from './when'
import { t, word } from '../i18n'
import { desk } from './desk'
import { useOfConv } from './ofconv'
import { work } from './work'
import type { FileRow } from './worktypes'

const key: InjectionKey<{ value: FileRow[] }> = Symbol('files')

export function provideFiles() {
  provide(
    key,
    useOfConv<FileRow[]>(
      [],
      () => desk.conv?.channel !== 'web',
      () => [desk.panel, desk.messages.length],
      work.files,
    ),
  )
}

export function useFiles(message?: () => string) {
  const all = inject(key, { value: [] })
  return computed(() => (message ? all.value.filter((f) => f.message_id === message()) : all.value))
}

const size = (n: number) => (n < 1 << 20 ? `${Math.max(1, Math.round(n / 1024))} KB` : `${(n / (1 << 20)).toFixed(1)} MB`)

// about is what is known of a file beside its kind.
export function about(f: FileRow): string {
  if (f.state === 'kept') return size(f.size)
  return f.deleted_ms ? t('file_deleted', { at: stamp(f.deleted_ms) }) : word('filestate', f.state)
}
