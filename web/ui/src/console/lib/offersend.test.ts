import { expect, test } from 'vitest'
import { decided, needsSupervisor, suggested } from './offersend'

test('what a supervisor must approve is asked for, everything else is sent', () => {
  const of = (needs_approval: boolean, approver?: string) => ({ needs_approval, approver })
  expect(needsSupervisor(of(false), 'agent')).toBe(false)
  expect(needsSupervisor(of(true), 'agent')).toBe(false)
  expect(needsSupervisor(of(true, 'supervisor'), 'agent')).toBe(true)
  expect(needsSupervisor(of(true, 'supervisor'), 'admin')).toBe(false)
})

test('the suggestion is in the debtor’s language and holds no figure', () => {
  for (const lang of ['zh-Hans', 'zh-Hant', 'en', undefined, 'fr']) expect(suggested(lang)).not.toMatch(/\d/)
  expect(suggested('en')).toMatch(/^[\x20-\x7e]+$/)
})

test('an approval’s outcome is read apart', () => {
  expect(decided('refused off_12ab: 材料不全: 缺一份')).toEqual({ state: 'refused', reason: '材料不全: 缺一份' })
  expect(decided('approved by phone')).toBeUndefined()
})
