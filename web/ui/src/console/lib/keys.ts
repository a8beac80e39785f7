// Which key does what. A letter counts only outside a text field; Ctrl K and Alt keys count everywhere.

const plain: Record<string, string> = {
  j: 'next',
  k: 'prev',
  arrowdown: 'next',
  arrowup: 'prev',
  enter: 'open',
  t: 'take',
  b: 'back',
  e: 'end',
  r: 'reply',
  n: 'note',
  u: 'unmask',
  o: 'offer',
  h: 'hold',
  z: 'transfer',
  1: 'page1',
  2: 'page2',
  3: 'page3',
  4: 'page4',
  5: 'page5',
  '[': 'filterPrev',
  ']': 'filterNext',
  '/': 'search',
  '?': 'help',
}

interface Pressed {
  key: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  isComposing: boolean
  target: EventTarget | null
}

export function keyOf(e: Pressed): string | undefined {
  if (e.isComposing) return undefined
  const key = e.key.toLowerCase()
  if ((e.ctrlKey || e.metaKey) && key === 'k') return 'search'
  if (e.altKey && key === 'n') return 'note'
  if (e.altKey && key === 'o') return 'offer'
  if (e.ctrlKey || e.metaKey || e.altKey || takesKeys(e.target, key)) return undefined
  return plain[key]
}

// takesKeys: typing belongs to the field, and Enter to a focused button or link.
function takesKeys(target: EventTarget | null, key: string): boolean {
  const el = target as HTMLElement | null
  const tag = el?.tagName ?? ''
  if (tag === 'INPUT' || tag === 'TEXTAREA' || tag === 'SELECT' || el?.isContentEditable) return true
  if (key === 'enter') return tag === 'BUTTON' || tag === 'A' || tag === 'SUMMARY'
  return key.startsWith('arrow') && Boolean(el?.classList?.contains('thread'))
}
