// Closing a case: what came of it must be said.
import { t, word } from '../i18n'
import { ask } from './ask'
import { desk, loadPanel, may } from './desk'
import { work } from './work'

export const mayClose = () => may('case_close')

export function closeCase(conv: string, id: string, kind: string, after: () => unknown = () => undefined) {
  ask({
    title: t('case_close_title', { kind: word('why', kind) }),
    label: t('case_outcome'),
    yes: t('case_close'),
    run: async (outcome) => {
      await work.closeCase(conv, id, outcome)
      desk.done = t('case_closed')
      after()
      if (desk.conv) void loadPanel()
    },
  })
}
