import { describe, expect, it } from 'vitest'
import { linked } from './links'

const urls = (s: string) =>
  linked(s)
    .filter((p) => p.url)
    .map((p) => p.text)

describe('links', () => {
  it.each([
    ['请只用官方渠道还款：https://pay.example.com/pay。不要转给个人账户', ['https://pay.example.com/pay']],
    ['Pay at https://pay.example.com/a?b=c&d=1#e, or (http://127.0.0.1:8080/pay).', ['https://pay.example.com/a?b=c&d=1#e', 'http://127.0.0.1:8080/pay']],
    ['https://pay.example.com', ['https://pay.example.com']],
    ['没有地址', []],
    ['javascript:alert(1) ftp://a.example data:text/html,x //a.example www.example.com', []],
    ['https://pay.example.com@evil.example/pay', []],
    ['https://pay.example.com/a/../b HTTPS://PAY.example.com', []],
    ['https://пример.example https://:80 https://', []],
    ['[click](https://pay.example.com/pay)', ['https://pay.example.com/pay']],
  ])('%s', (text, want) => {
    expect(urls(text)).toEqual(want)
    expect(
      linked(text)
        .map((p) => p.text)
        .join(''),
    ).toBe(text)
  })
})
