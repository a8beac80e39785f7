import { expect, test } from 'vitest'
import { keyOf } from './keys'

const press = (key: string, more: object = {}) =>
  keyOf({
    key,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    isComposing: false,
    target: null,
    ...more,
  })
const on = (tagName: string) => ({
  target: {
    tagName,
    classList: { contains: () => false },
  } as unknown as EventTarget,
})

test('letters work on the page and never while writing', () => {
  expect(press('t')).toBe('take')
  expect(press('T')).toBe('take')
  for (const tag of ['INPUT', 'TEXTAREA', 'SELECT']) expect(press('t', on(tag))).toBeUndefined()
  expect(press('t', { isComposing: true })).toBeUndefined()
  expect(press('t', { ctrlKey: true })).toBeUndefined()
})

test('Enter on a button is the button’s own', () => {
  expect(press('Enter')).toBe('open')
  expect(press('Enter', on('BUTTON'))).toBeUndefined()
})

test('Ctrl K and Alt N reach everywhere', () => {
  expect(press('k', { ctrlKey: true, ...on('TEXTAREA') })).toBe('search')
  expect(press('n', { altKey: true, ...on('TEXTAREA') })).toBe('note')
})
