import { expect, test } from 'vitest'
import en from './en'
import zh from './zh'

// The flow files name the reasons an agent will read; none of them may reach the page as a raw code.
const yaml = Object.values(
  import.meta.glob<string>('../../../../../flows/*.yaml', { query: '?raw', import: 'default', eager: true }),
)
const code = Object.values(
  import.meta.glob<string>('../../../../../flows/*.go', { query: '?raw', import: 'default', eager: true }),
)

const raw = (files: Record<string, string>) =>
  Object.entries(files)
    .filter(([name]) => !name.endsWith('_test.go'))
    .map(([, text]) => text)
const store = raw(
  import.meta.glob<string>('../../../../../bot/store/*.go', { query: '?raw', import: 'default', eager: true }),
)
const bot = raw(import.meta.glob<string>('../../../../../bot/*.go', { query: '?raw', import: 'default', eager: true }))
const web = raw(import.meta.glob<string>('../../../../*.go', { query: '?raw', import: 'default', eager: true }))

function found(texts: string[], pattern: RegExp): string[] {
  return [...new Set(texts.flatMap((t) => [...t.matchAll(pattern)].map((m) => m[1])))]
}

test('every reason the flows can give has words', () => {
  const codes = [
    ...found(yaml, /\b(?:handoff|reason): *([a-z][a-z_]+)/g),
    ...found(code, /\b(?:callPerson|handOver)\("([a-z_]+)"/g),
    'reply_held', // given by the bot itself when a reply does not pass
  ]
  expect(codes.length).toBeGreaterThan(15)
  for (const c of codes) {
    expect(zh, c).toHaveProperty(`why_${c}`)
    expect(en, c).toHaveProperty(`why_${c}`)
  }
})

test('every kind of audit line has words', () => {
  const kinds = [
    ...found(store, /flows\.Eff\w+: *"([a-z_]+)"/g),
    ...found(store, /\.audit\("([a-z_]+)"/g),
    ...found(bot, /LogAudit\(ctx, "([a-z_]+)"/g),
    ...found(web, /LogAudit\(ctx, "([a-z_]+)"/g),
  ].flatMap((k) => (k === 'second_look_' ? ['second_look_approved', 'second_look_refused'] : [k]))
  expect(kinds.length).toBeGreaterThan(18)
  for (const k of kinds) {
    expect(zh, k).toHaveProperty(`audit_${k}`)
    expect(en, k).toHaveProperty(`audit_${k}`)
  }
})

test('every reason code of the rules engine has words with its figures', () => {
  const engine = raw(
    import.meta.glob<string>('../../../../../flows/arrange/reason.go', { query: '?raw', import: 'default', eager: true }),
  ).join('\n')
  const lines = [...engine.matchAll(/Why\w+ += "([a-z_]+)"(.*)/g)]
  expect(lines.length).toBeGreaterThan(40)
  for (const [, c, comment] of lines) {
    const said = (zh as Record<string, string>)[`stop_${c}`]
    expect(said, c).toBeTruthy()
    // No figure may be asked for that the engine does not give.
    for (const [hole] of said.matchAll(/\{\w+\}/g)) expect(comment, c).toContain(hole)
  }
})
