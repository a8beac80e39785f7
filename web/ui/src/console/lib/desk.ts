// State of the console page and what changes it. The socket says that something happened; REST says what.
import { reactive } from 'vue'
import { t } from '../i18n'
import { ApiError, api } from './api'
import { newest } from './fresh'
import { Live } from './live'
import type { Conv, Held, Me, Message, Note, Panel, QueueLine, SocketFrame } from './types'

export const filters = ['all', 'waiting', 'mine', 'held', 'crisis'] as const
export type Filter = (typeof filters)[number]

export const desk = reactive({
  me: null as Me | null,
  booted: false,
  notice: '', // shown on the sign-in page
  up: true,
  tenants: {} as Record<string, string>,
  filter: 'all' as Filter,
  search: '',
  queue: [] as QueueLine[],
  counts: {} as Record<string, number>,
  queueFault: '',
  cursor: '', // the queue line the keyboard is on
  conv: null as Conv | null,
  messages: [] as Message[],
  held: [] as Held[],
  notes: [] as Note[],
  panel: null as Panel | null,
  shown: null as { name: string; phone: string } | null,
  convFault: '',
  viewers: [] as { id: string; name: string }[],
  colleague: '', // who types besides me
  debtorTypes: false,
  fault: '', // of the last action
  done: '', // what the last action came to
  pulse: 0, // counts events, for pages that show lists
})

// owed: a chat I hold in which the customer spoke last. Who holds several sees which one waits for words.
export const owed = (l: QueueLine) => l.agent_id === desk.me?.id && l.control === 'agent' && l.last_author === 'debtor'
export const may = (action: string) => desk.me?.actions.includes(action) ?? false
export const holding = () => desk.conv?.control === 'agent' && desk.conv.agent_id === desk.me?.id
// Who holds a conversation may give it away; some roles may move anybody's.
export const mayTransfer = () =>
  desk.conv !== null && desk.conv.control !== 'closed' && (may('transfer_any') || (may('transfer') && holding()))
export const free = () => desk.conv?.control === 'bot' || desk.conv?.control === 'queue'

let live: Live | undefined
let queueTimer: ReturnType<typeof setTimeout> | undefined
const queueCall = newest()
const convCall = newest()
let catching: Promise<void> | undefined
let catchAgain = false
const typingTimers: {
  debtor?: ReturnType<typeof setTimeout>
  colleague?: ReturnType<typeof setTimeout>
} = {}

// say puts a failure where the agent sees it; a lost session goes back to the sign-in page, drafts kept.
export function say(e: unknown) {
  if (e instanceof DOMException && e.name === 'AbortError') return
  if (e instanceof ApiError && e.code === 'unauthorized') return signedOut(t('session_over'))
  desk.fault = e instanceof ApiError ? e.message : t('offline')
}

export async function boot() {
  try {
    await enter(await api.me())
  } catch (e) {
    if (!(e instanceof ApiError && e.code === 'unauthorized'))
      desk.notice = e instanceof ApiError ? e.message : t('offline')
  } finally {
    desk.booted = true
  }
}

export async function enter(me: Me) {
  desk.me = me
  desk.notice = ''
  desk.fault = ''
  live?.stop()
  live = new Live({
    frame: onFrame,
    state: onState,
    signedOut: () => signedOut(t('session_over')),
  })
  live.start()
  void api.tenants().then((r) => {
    desk.tenants = Object.fromEntries(r.tenants.map((x) => [x.id, x.name]))
  }, say)
  await refreshQueue()
  const asked = new URLSearchParams(location.hash.slice(1)).get('c')
  if (asked) await openConv(asked)
}

export function signedOut(why: string) {
  live?.stop()
  live = undefined
  Object.assign(desk, {
    me: null,
    notice: why,
    queue: [],
    counts: {},
    fault: '',
  })
  leaveConv()
}

export async function signOut() {
  try {
    await api.signOut()
    signedOut('')
  } catch (e) {
    say(e)
  }
}

function onState(up: boolean) {
  const back = up && !desk.up
  desk.up = up
  if (!back) return
  if (desk.fault === t('offline')) desk.fault = ''
  void refreshQueue()
  void catchUp()
}

function onFrame(f: SocketFrame) {
  const mine = f.conversation_id !== undefined && f.conversation_id === desk.conv?.id
  switch (f.t) {
    case 'lost':
      void refreshQueue()
      void catchUp()
      break
    case 'presence':
      if (mine) desk.viewers = (f.viewers ?? []).filter((v) => v.id !== desk.me?.id)
      break
    case 'typing':
      if (mine) showTyping(f)
      break
    case 'event':
      desk.pulse++
      soonQueue()
      if (!mine) break
      void catchUp()
      if (f.kind === 'control') void loadPanel()
      break
  }
}

function showTyping(f: SocketFrame) {
  const who = f.agent ? 'colleague' : 'debtor'
  clearTimeout(typingTimers[who])
  if (who === 'colleague') desk.colleague = f.on ? (f.name ?? '') : ''
  else desk.debtorTypes = Boolean(f.on)
  if (f.on) typingTimers[who] = setTimeout(() => showTyping({ ...f, on: false }), 6000)
}

// soonQueue joins a burst of events into one call.
function soonQueue() {
  if (queueTimer) return
  queueTimer = setTimeout(() => {
    queueTimer = undefined
    void refreshQueue()
  }, 250)
}

export async function refreshQueue() {
  const signal = queueCall.next()
  try {
    const q = await api.queue(desk.filter, desk.search.trim(), signal)
    desk.queue = q.items
    desk.counts = q.counts
    desk.queueFault = ''
  } catch (e) {
    if (signal.aborted) return
    if (e instanceof ApiError && e.code === 'unauthorized') return say(e)
    desk.queueFault = e instanceof ApiError ? e.message : t('offline')
  }
}

export function leaveConv() {
  convCall.off()
  live?.look('')
  Object.assign(desk, {
    conv: null,
    messages: [],
    held: [],
    notes: [],
    panel: null,
    shown: null,
    convFault: '',
    viewers: [],
    colleague: '',
    debtorTypes: false,
  })
}

export async function openConv(id: string) {
  if (desk.conv?.id === id) return
  leaveConv()
  desk.cursor = id
  const hash = `#${new URLSearchParams({ c: id })}`
  // From another page it is a step of its own, so that "back" returns to the list it was picked from.
  if (location.hash.includes('p=')) location.hash = hash
  else history.replaceState(null, '', hash)
  const signal = convCall.next()
  try {
    let page = await api.conversation(id, 0, signal)
    const messages = page.messages
    while (page.more) {
      page = await api.conversation(id, messages[messages.length - 1].seq, signal)
      messages.push(...page.messages)
    }
    if (signal.aborted) return
    Object.assign(desk, {
      conv: page.conversation,
      messages,
      held: page.held,
      notes: page.notes,
    })
    live?.look(id)
    await loadPanel()
  } catch (e) {
    if (signal.aborted) return
    if (e instanceof ApiError && e.code === 'unauthorized') return say(e)
    desk.convFault = e instanceof ApiError ? e.message : t('offline')
  }
}

// whileOpen hands an answer about the open conversation on only if that conversation is still open then.
export async function whileOpen<T>(ask: (id: string) => Promise<T>, put: (got: T) => void): Promise<void> {
  const id = desk.conv?.id
  if (!id) return
  const got = await ask(id)
  if (desk.conv?.id === id) put(got)
}

export async function loadPanel() {
  try {
    await whileOpen(api.panel, (p) => Object.assign(desk, { panel: p }))
  } catch (e) {
    say(e)
  }
}

// catchUp fetches what came after the last message held. One call at a time: two would append the same rows twice.
export function catchUp(): Promise<void> {
  if (catching) {
    catchAgain = true
    return catching
  }
  catching = fetchNew().finally(() => {
    catching = undefined
    if (!catchAgain) return
    catchAgain = false
    void catchUp()
  })
  return catching
}

async function fetchNew() {
  const id = desk.conv?.id
  if (!id) return
  try {
    const last = desk.messages[desk.messages.length - 1]?.seq ?? 0
    const page = await api.conversation(id, last)
    if (desk.conv?.id !== id) return
    const known = new Set(desk.messages.map((m) => m.seq))
    desk.messages.push(...page.messages.filter((m) => !known.has(m.seq)))
    Object.assign(desk, {
      conv: page.conversation,
      held: page.held,
      notes: page.notes,
    })
    if (page.messages.some((m) => m.direction === 'in')) desk.debtorTypes = false
    if (page.messages.some((m) => m.direction === 'out')) void loadPanel()
    if (page.more) catchAgain = true
  } catch (e) {
    if (e instanceof ApiError && e.code === 'crisis_locked') {
      leaveConv()
      desk.convFault = e.message
      return
    }
    say(e)
  }
}

// changeHands says who speaks from now on; the caller shows a failure.
export async function changeHands(how: 'take' | 'hand-back' | 'close') {
  await whileOpen(
    (id) => api.move(id, how),
    (conv) => Object.assign(desk, { conv }),
  )
  await Promise.all([refreshQueue(), catchUp()])
}

export async function move(how: 'take' | 'hand-back') {
  desk.fault = ''
  try {
    await changeHands(how)
  } catch (e) {
    say(e)
    void catchUp()
  }
}

export async function toggleMask() {
  if (!desk.panel?.known) return
  if (desk.shown) {
    desk.shown = null
    return
  }
  try {
    await whileOpen(api.unmask, (shown) => Object.assign(desk, { shown }))
  } catch (e) {
    say(e)
  }
}

export async function addNote(text: string): Promise<boolean> {
  const id = desk.conv?.id
  if (!id) return false
  try {
    await api.note(id, text)
    await catchUp()
    return true
  } catch (e) {
    say(e)
    return false
  }
}

let typingAt = 0
// typing tells the others at most once in two seconds that I write.
export function typing(on: boolean) {
  const now = Date.now()
  if (on && now - typingAt < 2000) return
  typingAt = on ? now : 0
  live?.typing(on)
}

// setFilter and friends.
export function setFilter(f: Filter) {
  desk.filter = f
  void refreshQueue()
}
