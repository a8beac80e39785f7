import { expect, test } from 'vitest'
import en from './en'
import zh from './zh'

const holes = (s: string) => [...s.matchAll(/\{\w+\}/g)].map((m) => m[0]).sort()

test('both languages have the same keys', () => {
  expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort())
})

test('no sentence is empty and each has the same placeholders', () => {
  for (const key of Object.keys(zh) as (keyof typeof zh)[]) {
    expect(zh[key].trim(), key).not.toBe('')
    expect(en[key].trim(), key).not.toBe('')
    expect(holes(en[key]), key).toEqual(holes(zh[key]))
  }
})

test('English holds no Chinese but the name of the other language', () => {
  for (const [key, s] of Object.entries(en)) {
    if (key !== 'language') expect(/\p{Script=Han}/u.test(s), `${key}: ${s}`).toBe(false)
  }
})

test('no exclamation marks: the voice is calm', () => {
  for (const s of [...Object.values(zh), ...Object.values(en)]) expect(/[!！]/.test(s), s).toBe(false)
})
