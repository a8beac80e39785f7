// What a person decides about a text the filter stopped: a second look, a held draft judged anew or dropped.
// None of it passes a hard rule: the server judges again each time.
import { t } from '../i18n'
import { ask } from './ask'
import { catchUp, desk, refreshQueue } from './desk'
import { work } from './work'

export function askSecondLook(conv: string, text: string, after: () => unknown) {
  ask({
    title: t('second_ask'),
    lead: t('second_lead'),
    label: t('second_reason'),
    yes: t('second_send'),
    run: async (reason) => {
      await work.askSecondLook(conv, text.trim(), reason)
      desk.done = t('second_asked')
      after()
      void catchUp()
    },
  })
}

export function resolveHeld(draft: string, action: 'drop' | 'retry') {
  const conv = desk.conv?.id
  if (!conv) return
  ask({
    title: t(action === 'drop' ? 'held_drop' : 'held_retry'),
    lead: t(action === 'drop' ? 'held_drop_lead' : 'held_retry_lead'),
    label: t('reason'),
    yes: t(action === 'drop' ? 'held_drop' : 'held_retry'),
    run: async (reason) => {
      const { verdict } = await work.resolveHeld(conv, draft, action, reason)
      const sent = verdict?.verdict === 'pass'
      desk.done = t(action === 'drop' ? 'held_dropped' : sent ? 'held_sent' : 'held_stays')
      void catchUp()
      void refreshQueue()
    },
  })
}
