// Lifting a hold: who may, from when, and the question that is asked before.
import { longDate } from '../../shared/format'
import { dateLang, t, word } from '../i18n'
import { ask } from './ask'
import { desk, loadPanel } from './desk'
import { work } from './work'
import type { HoldRow } from './worktypes'

export function liftText(h: HoldRow): string {
  if (h.lift.may) return ''
  if (h.lift.why === 'too_early') return t('lift_from', { date: longDate(h.lift.from, dateLang.value) })
  return h.lift.why === 'role' ? t('lift_role') : ''
}

export function lift(h: HoldRow, after: () => unknown = () => undefined) {
  ask({
    title: t('lift_title', { reason: word('why', h.reason) }),
    lead: t('lift_lead'),
    label: t('reason'),
    yes: t('lift'),
    run: async (reason) => {
      await work.liftHold(h.id, reason)
      desk.done = t('lifted')
      after()
      if (desk.conv) void loadPanel()
    },
  })
}
