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

test('every recorded effect has words', () => {
  const kinds = found(code, /EffectKind = "([a-z_]+)"/g)
  expect(kinds.length).toBeGreaterThan(8)
  for (const k of kinds) {
    expect(zh, k).toHaveProperty(`audit_${k}`)
    expect(en, k).toHaveProperty(`audit_${k}`)
  }
})
