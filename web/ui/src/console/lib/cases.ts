// Closing a case: what came of it must be said.
import { t, word } from '../i18n'
import { ask } from './ask'
import { desk, loadPanel, may } from './desk'
import { work } from './work'

// What was said at another desk is settled by those who answer for words, too.
export const mayClose = (kind: string) => may('case_close') || (kind === 'said_outside' && may('case_close_outside'))

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

// noteOf: a judgement of words said elsewhere is written as the ids of its rules; the rest are somebody's own words.
export const noteOf = (c: { kind: string; note?: string }) =>
  c.kind === 'said_outside' && c.note ? t('broke_rules', { list: c.note.split(' ').join(t('join')) }) : c.note
