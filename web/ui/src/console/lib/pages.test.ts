import { expect, test, vi } from 'vitest'

vi.stubGlobal('location', { search: '?lang=en', hash: '' })
const { open, pages, place } = await import('./route')
const { byDeadline, daysLeft, isOverdue } = await import('./deadlines')
const { health, replayRange } = await import('./channels')
const { limitValue, merged, rows, whenText } = await import('./policyview')
const { basisText } = await import('./basis')
const { reasonText } = await import('./reasons')
const { goodURL } = await import('./integrations')
const { query } = await import('./work')
const { keyOf } = await import('./keys')

test('a role sees its own pages only, and a hash it may not open leads to the desk', () => {
  const agent = ['queue', 'cases', 'approve', 'policy', 'delivery']
  expect(open(agent).map((p) => p.id)).toEqual(['desk', 'work', 'policy', 'channels'])
  expect(open(agent)[1].tabs.map((x) => x.id)).toEqual(['approvals', 'cases', 'holds'])
  expect(open([...agent, 'second_look_ask'])[1].tabs.map((x) => x.id)).toContain('reviews')
  expect(place('#p=links/keys', agent)).toEqual({ page: 'desk', tab: 'queue' })
  expect(place('#p=work/reviews', agent)).toEqual({ page: 'work', tab: 'approvals' })
  expect(place('#p=work/cases', agent)).toEqual({ page: 'work', tab: 'cases' })
  expect(place('#c=01', agent)).toEqual({ page: 'desk', tab: 'queue' })
  expect(open([])).toEqual([])
})

test('every page has a key that works outside a text field', () => {
  const press = (key: string) =>
    keyOf({ key, ctrlKey: false, metaKey: false, altKey: false, isComposing: false, target: null })
  pages.forEach((p, i) => expect(press(p.key)).toBe(`page${i + 1}`))
})

test('what is overdue comes first and what has no day last', () => {
  const cases = [{ due: '' }, { due: '2026-12-07' }, { due: '2026-11-01' }, { due: undefined }]
  expect(byDeadline(cases).map((c) => c.due)).toEqual(['2026-11-01', '2026-12-07', '', undefined])
  expect(isOverdue({ due: '2026-11-21' }, '2026-11-22')).toBe(true)
  expect(isOverdue({ due: '2026-11-22' }, '2026-11-22')).toBe(false)
  expect(isOverdue({ due: '' }, '2026-11-22')).toBe(false)
  expect(daysLeft('2027-03-01', '2027-02-27')).toBe(2)
  expect(daysLeft('2026-11-20', '2026-11-22')).toBe(-2)
})

test('a channel’s worst figure names its state', () => {
  const at = 10_000_000_000
  const quiet = {
    ...{ channel: 'sms', account: 'a', webhook_url: '', setup: [], last_code: '' },
    ...{ queued: 0, oldest_ms: 0, parked: 0, failed: 0, unknown: 0, suppressed: 0, sent: 0 },
    ...{ last_sent_ms: 0, inbox: 0, inbox_dead: 0, last_in_ms: 0 },
  }
  const of = (more: object) => health({ ...quiet, ...more }, at).word
  expect(of({})).toBe('health_quiet')
  expect(of({ sent: 3, last_sent_ms: at })).toBe('health_good')
  expect(of({ last_sent_ms: at, queued: 2, oldest_ms: at - 1000 })).toBe('health_good')
  expect(of({ last_sent_ms: at, queued: 2, oldest_ms: at - 11 * 60_000 })).toBe('health_slow')
  expect(of({ unknown: 1, queued: 2, oldest_ms: 1 })).toBe('health_unsure')
  expect(of({ unknown: 1, failed: 1 })).toBe('health_bad')
  expect(of({ inbox_dead: 1 })).toBe('health_bad')
})

test('a replay range is one line or a rising pair', () => {
  expect(replayRange('12')).toEqual({ n: 12 })
  expect(replayRange(' 12 - 20 ')).toEqual({ from_n: 12, to_n: 20 })
  for (const bad of ['', '0', '20-12', '1-2-3', 'x', '-5', '1.5']) expect(replayRange(bad), bad).toBeUndefined()
})

test('limits are shown with their unit', () => {
  expect(limitValue('min_monthly_fen', 10000)).toBe('100.00')
  expect(limitValue('max_penalty_waiver_pct', 50)).toBe('50%')
  expect(limitValue('max_defer_days', 60)).toBe('60 days')
  expect(limitValue('inform_only', true)).toBe('yes')
  const shown = rows({ name: 'x', when: {}, authority: { waiver: 'bot' }, max_count: 12, plan_rate: '6.5' })
  expect(shown.map((r) => r.value)).toEqual(['12', '6.5% a year'])
  expect(whenText({ overdue: { from: 31, to: 91 }, balance_fen: { to: 5000000 } })).toBe(
    'overdue from 31 days under 91 days, balance under 50,000.00',
  )
  expect(whenText(undefined)).toBe('all accounts')
})

test('a reason says its figures; an unknown code shows as it is', () => {
  expect(reasonText({ code: 'count_above_max', count: 60 })).toBe('At most 60 payments')
  expect(reasonText({ code: 'below_min_monthly', amount_fen: 10000 }, 'CNY')).toContain('100.00')
  expect(reasonText({ code: 'made_up_code' })).toBe('made up code')
})

test('only web addresses are webhooks, and empty filters are left out', () => {
  expect(goodURL('https://a.example/x')).toBe(true)
  for (const bad of ['', 'https://', 'javascript:alert(1)', 'ftp://a.example', 'a.example']) expect(goodURL(bad), bad).toBe(false)
  expect(query({ creditor: '', state: 'open' })).toBe('?state=open')
  expect(query({ creditor: '' })).toBe('')
})

test('segments for which the same people decide share a row', () => {
  const kinds = (settlement: string) => ({ instalments: 'bot', settlement })
  const rows = merged([
    { debt_type: 'credit_card', segment: 'early', kinds: kinds('agent') },
    { debt_type: 'credit_card', segment: 'late', kinds: kinds('agent') },
    { debt_type: 'credit_card', segment: 'large', kinds: kinds('supervisor') },
    { debt_type: 'tax', segment: 'early', kinds: kinds('none') },
    { debt_type: 'tax', segment: 'large', kinds: kinds('none') },
    { debt_type: 'medical', kinds: kinds('agent') },
  ])
  expect(rows.map((r) => [r.debt_type, r.segments])).toEqual([
    ['credit_card', ['early', 'late']],
    ['credit_card', ['large']],
    ['tax', []],
    ['medical', []],
  ])
})

test('the marks of a source are said in words', () => {
  expect(basisText('Measures art. 2 [V2]; our manual [P]')).toBe(
    'Measures art. 2 (second-hand, not read in the source); our manual (our own policy)',
  )
  expect(basisText('Civil Code art. 585')).toBe('Civil Code art. 585')
})
