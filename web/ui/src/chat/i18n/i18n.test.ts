import { describe, expect, it } from 'vitest'
import { allWords } from '../../loader/words'
import { en as portalEn, zh as portalZh } from '../../portal/words'
import { fill, sources } from '.'

const catalogues = {
  'zh-Hans': await sources['zh-Hans'](),
  'zh-Hant': await sources['zh-Hant'](),
  en: await sources.en(),
}
const holes = (s: string) => (s.match(/\{\w+\}/g) ?? []).sort().join()

describe('catalogues', () => {
  const base = catalogues['zh-Hans']
  for (const [lang, c] of Object.entries(catalogues)) {
    it(`${lang} has every key, none empty and none of its own`, () => {
      expect(Object.keys(c).sort()).toEqual(Object.keys(base).sort())
      for (const [k, v] of Object.entries(c)) expect(v.trim(), k).not.toBe('')
    })
    it(`${lang} fills no placeholder the base does not have`, () => {
      for (const [k, v] of Object.entries(c)) {
        const wanted = holes(base[k as keyof typeof base])
        // A language may leave one out (English prints the currency once), but never invent one.
        for (const h of v.match(/\{\w+\}/g) ?? []) expect(wanted, `${k}: ${h}`).toContain(h)
      }
    })
    it(`${lang} keeps the voice: no exclamation marks`, () => {
      for (const [k, v] of Object.entries(c)) expect(v, k).not.toMatch(/[!！]/)
    })
  }

  it('is written in its own script', () => {
    for (const [k, v] of Object.entries(catalogues.en)) expect(v, k).not.toMatch(/[\u3400-\u9fff]/)
    const simplifiedOnly = /[这请还账发转闭协议个为动换单额权条]/
    for (const [k, v] of Object.entries(catalogues['zh-Hant']))
      expect(v.replace(/還|協議|個|條/g, ''), k).not.toMatch(simplifiedOnly)
  })

  it('loader and portal miss nothing either', () => {
    const keys = Object.keys(allWords['zh-Hans']).sort()
    for (const w of Object.values(allWords)) expect(Object.keys(w).sort()).toEqual(keys)
    expect(Object.keys(portalEn).sort()).toEqual(Object.keys(portalZh).sort())
  })
})

describe('fill', () => {
  it('replaces what it knows and leaves the rest', () => {
    expect(fill('{a} 和 {b}', { a: 1 })).toBe('1 和 {b}')
  })
  it('does not read inherited names', () => {
    expect(fill('{constructor}', {})).toBe('{constructor}')
  })
})
