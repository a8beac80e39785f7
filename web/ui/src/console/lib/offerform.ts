// The offer builder's form: what a person writes becomes a wish for the engine. Money is read as digits, never as a float.
import { toHundredths } from './figures'
import type { OfferAsk, OfferMeans } from './worktypes'

export const blank = () => ({
  kind: '',
  count: '',
  monthly: '',
  first: '',
  day: '',
  every: '',
  down: '',
  stepped: false,
  lump: '',
  defer: '',
  income: '',
  outgoings: '',
  payday: '',
})
export type Form = ReturnType<typeof blank>
export type Field = Exclude<keyof Form, 'kind' | 'stepped'>

const instalments: (keyof Form)[] = ['count', 'monthly', 'first', 'day', 'every', 'down', 'stepped']
// Which terms mean something for which kind; without a kind the engine chooses.
const fields: Record<string, (keyof Form)[]> = {
  '': ['count', 'monthly', 'first', 'day'],
  instalments,
  deferral: ['defer'],
  waiver: ['lump'],
  settlement: ['lump'],
  token: ['monthly', 'first'],
}
export const kinds = ['', 'instalments', 'deferral', 'waiver', 'settlement', 'token']
export const fieldsOf = (kind: string) => fields[kind] ?? fields['']

export function read(f: Form): { ask: OfferAsk; means?: OfferMeans; bad: Field[] } {
  const bad: Field[] = []
  const shown = fieldsOf(f.kind)
  const value = (k: Field, parse: (s: string) => number | undefined): number | undefined => {
    const raw = f[k].trim()
    if (raw === '') return undefined
    const n = parse(raw)
    if (n === undefined) bad.push(k)
    return n
  }
  const term = (k: Field, parse: (s: string) => number | undefined) => (shown.includes(k) ? value(k, parse) : undefined)
  const text = (k: 'first' | 'defer' | 'every') => (shown.includes(k) && f[k]) || undefined
  const ask: OfferAsk = drop({
    kind: f.kind || undefined,
    count: term('count', (s) => whole(s, 1, 600)),
    monthly_fen: term('monthly', fen),
    first_due: text('first'),
    day_of_month: term('day', (s) => whole(s, 1, 31)),
    every: text('every'),
    down_fen: term('down', fen),
    stepped: (shown.includes('stepped') && f.stepped) || undefined,
    lump_fen: term('lump', fen),
    defer_to: text('defer'),
  })
  const means: OfferMeans = drop({
    monthly_income_fen: value('income', fen),
    monthly_outgoings_fen: value('outgoings', fen),
    payday: value('payday', (s) => whole(s, 1, 31)),
  })
  return { ask, means: Object.keys(means).length ? means : undefined, bad }
}

// fen reads 1,234.5 as 123450; what is no amount is undefined.
export function fen(s: string): number | undefined {
  const plain = s.replace(/[\s,，¥￥元]/g, '')
  if (!/^\d{1,12}(\.\d{1,2})?$/.test(plain)) return undefined
  return toHundredths(plain)
}

function whole(s: string, least: number, most: number): number | undefined {
  const n = /^\d{1,4}$/.test(s) ? Number(s) : Number.NaN
  return n >= least && n <= most ? n : undefined
}

function drop<T extends object>(o: T): T {
  return Object.fromEntries(Object.entries(o).filter(([, v]) => v !== undefined)) as T
}
