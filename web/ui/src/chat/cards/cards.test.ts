import { describe, expect, it } from 'vitest'
import { dayNumber } from '../../shared/format'
import { translator } from '../i18n'
import type { Item } from '../link/transcript'
import { answeredBy, crisisStart, liveCards, named, quickOf, visible } from '../view-model'
import type { Card, Offer } from '../wire'
import { readFactors } from './forms'
import { niceTop, remaining } from './chart'
import { fitting, namesOf, sentence } from './offer-text'
import { widths } from './split-bar'

const t = translator('zh-Hans')
const offer = (n: number, total: number, first: string, kind: Offer['kind'] = 'instalments'): Offer => {
  const each = Math.floor(total / n)
  const [y, m, d] = first.split('-').map(Number)
  const instalments = Array.from({ length: n }, (_, i) => ({
    n: i + 1,
    due: new Date(Date.UTC(y, m - 1 + i, d)).toISOString().slice(0, 10),
    amount_fen: i === n - 1 ? total - each * (n - 1) : each,
  }))
  return { id: `o${n}${first}${kind}`, kind, total_fen: total, waived_fen: 0, instalments, valid_until: '' }
}

describe('offers', () => {
  const three = [offer(10, 1155040, '2026-12-15'), offer(12, 1171300, '2026-12-15'), offer(12, 1182140, '2027-02-15')]

  it('are called by what sets them apart, and never by the same name', () => {
    expect(namesOf(three, t)).toEqual(['早些还清', '每月轻些', '晚些开始'])
    expect(namesOf([offer(1, 100, '2026-12-15', 'settlement'), offer(1, 100, '2026-12-15', 'settlement')], t)).toEqual([
      '一次结清',
      '方案 2',
    ])
    expect(namesOf([offer(6, 600, '2026-12-15')], t)).toEqual(['分期还'])
    for (const set of [three, [three[0], three[0], three[0]]]) expect(new Set(namesOf(set, t)).size).toBe(set.length)
  })

  it('say each payment, the last when it differs, and the sum', () => {
    expect(sentence(three[1], 'CNY', t, 'zh-Hans', (s) => s)).toBe(
      '每期 976.08\u00a0元，末期 976.12\u00a0元，合计 11,713.00\u00a0元',
    )
    expect(sentence(offer(13, 1171300, '2026-12-15'), 'CNY', t, 'zh-Hans', (s) => s)).toBe(
      '每期 901.00\u00a0元，共 13 期，合计 11,713.00\u00a0元',
    )
    expect(sentence(three[1], 'CNY', t, 'zh-Hans', () => '•••')).not.toMatch(/\d{3}/)
  })

  it('answer a stepper exactly or say that they are only near', () => {
    expect(fitting(three, 12, '2027-02-15')).toEqual({ offer: three[2], exact: true })
    expect(fitting(three, 24, '2026-12-15')).toEqual({ offer: three[0], exact: false })
    expect(fitting([], 2, '2026-12-15')).toBeUndefined()
  })

  it('draw a line that ends at exactly nothing', () => {
    for (const o of three) {
      const line = remaining(o, dayNumber('2026-12-02'))
      expect(line[0][1]).toBe(o.total_fen)
      expect(line.at(-1)?.[1]).toBe(0)
    }
    expect(niceTop(1182140)).toBe(1200000)
    expect(niceTop(100)).toBe(100)
    for (const v of [1, 99, 101, 38620, 7460000, 999999999]) expect(niceTop(v)).toBeGreaterThanOrEqual(v)
  })
})

it('the bar fills its width, keeps slivers visible and shows nothing for nothing', () => {
  const w = widths([1084000, 81300, 10840, 1])
  expect(w.reduce((a, b) => a + b, 0) + 3 * 2).toBeCloseTo(340)
  expect(Math.min(...w)).toBeGreaterThanOrEqual(4)
  expect(widths([5, 0, 0, 0])).toEqual([340, 0, 0, 0])
  expect(widths([0, 0, 0, 0])).toEqual([0, 0, 0, 0])
})

describe('identity form', () => {
  const all = ['name', 'phone_last4', 'id_last4'] as const

  it('takes any two of three and leaves blanks out', () => {
    const r = readFactors([...all], { name: '张伟', phone_last4: '', id_last4: '228x' })
    expect(r).toEqual({ fields: { name: '张伟', id_last4: '228X' }, faults: {} })
  })
  it('asks for what is missing or malformed', () => {
    expect(readFactors([...all], {}).faults).toEqual({ name: 'need_name', phone_last4: 'need_4' })
    expect(readFactors([...all], { name: '张伟' }).faults).toEqual({ phone_last4: 'need_4' })
    expect(readFactors([...all], { name: '张伟', phone_last4: '55a1' }).faults).toEqual({ phone_last4: 'need_4' })
    expect(readFactors(['id_last4'], { id_last4: 'X228' }).faults).toEqual({ id_last4: 'need_4' })
    expect(readFactors(['id_last4'], {}).faults).toEqual({ id_last4: 'need_4' })
  })
})

describe('what is drawn', () => {
  const item = (role: Item['role'], more: Partial<Item> = {}): Item => ({
    key: String(Math.random()),
    role,
    kind: 'text',
    cards: [],
    ms: 0,
    text: 'x',
    ...more,
  })
  const card = (type: string, more: Partial<Card> = {}): Card => ({ type, ...more })

  it('begins at the words that made it a crisis, and ends when a colleague says so', () => {
    const calm = [item('user'), item('bot', { cards: [card('balance')] })]
    expect(crisisStart(calm)).toBe(-1)
    const crisis = [
      ...calm,
      item('user'),
      item('system', { event: 'queued' }),
      item('bot', { cards: [card('crisis')] }),
    ]
    expect(crisisStart(crisis)).toBe(2)
    expect(crisisStart([...crisis, item('system', { event: 'crisis_over' })])).toBe(-1)
  })

  it('only the newest card of a kind can be pressed, and only until it is answered', () => {
    const [old, now] = [card('agreement'), card('agreement')]
    const live = liveCards([item('bot', { cards: [old] }), item('bot', { cards: [now] })])
    expect([live.has(old), live.has(now)]).toEqual([false, true])
    expect(answeredBy(now, [item('user', { action: { name: 'confirm' } })])).toBe(true)
    expect(answeredBy(now, [item('user', { action: { name: 'confirm' }, state: 'failed' })])).toBe(false)
    expect(
      answeredBy(card('form', { form: { kind: 'dispute' } }), [item('user', { action: { name: 'hardship' } })]),
    ).toBe(false)
  })

  it('quick replies stand under the newest message and go with any answer', () => {
    const q = card('quick_replies', { items: ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id, label: id })) })
    expect(quickOf([item('bot', { cards: [q] })]).map((x) => x.id)).toEqual(['a', 'b', 'c', 'd'])
    expect(quickOf([item('bot', { cards: [q] }), item('bot')])).toHaveLength(4)
    expect(quickOf([item('bot', { cards: [q] }), item('user')])).toEqual([])
    expect(quickOf([item('bot', { cards: [q] }), item('system', { kind: 'agent', event: 'joined' })])).toHaveLength(4)
    expect(quickOf([item('bot', { cards: [q] }), item('agent')])).toEqual([])
    expect(quickOf([item('bot', { cards: [q] }), item('system', { cards: [card('plan_offer')] })])).toEqual([])
    expect(quickOf([item('bot', { cards: [q] }), item('user'), item('bot')])).toEqual([])
  })

  it('a yes to an agreement is given on its card, never by a pill beside it', () => {
    const q = card('quick_replies', { items: ['confirm', 'not_now'].map((id) => ({ id, label: id })) })
    const asked = item('bot', { cards: [card('agreement'), q] })
    expect(quickOf([asked]).map((x) => x.id)).toEqual(['not_now'])
    expect(quickOf([item('bot', { cards: [q] })]).map((x) => x.id)).toEqual(['confirm', 'not_now'])
    const answered = item('user', { action: { name: 'decline' } })
    expect(quickOf([asked, answered, item('bot', { cards: [q] })]).map((x) => x.id)).toEqual(['confirm', 'not_now'])
  })

  it('a colleague speaks under the name they joined with', () => {
    const rows = [item('agent'), item('system', { kind: 'agent', event: 'joined', name: '林倩' }), item('agent'), item('bot')]
    expect(named(rows).map((i) => i.name)).toEqual([undefined, '林倩', '林倩', undefined])
  })

  it('withheld rows keep their place and are not shown', () => {
    expect(visible([item('bot', { kind: 'withheld', text: undefined }), item('bot')])).toHaveLength(1)
  })
})
