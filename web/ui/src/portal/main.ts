import { localDay, shortDay } from '../shared/format'
import './portal.css'
import { h, icon } from './dom'
import { labelOf } from './labels'
import { en, type Words, zh } from './words'

interface Person {
  id: string
  name: string
  label: string
}
interface Info {
  console: string
  login: string
  password: string
  creditor_id: string
}
interface HejieApi {
  identify(jwt: string): void
  logout(): void
  open(): void
  setLang(lang: string): void
}
const hejie = (): HejieApi | undefined => (window as { Hejie?: HejieApi }).Hejie

// What a real portal would hold on its own server, this demo page holds in the tab.
const state = {
  lang: 'zh',
  people: [] as Person[],
  info: undefined as Info | undefined,
  who: '',
  name: '',
  fault: '' as '' | keyof Words,
}

// The page speaks simplified Chinese and English; the chat also speaks traditional Chinese to whom the browser says so.
const chatLang = (): string =>
  state.lang === 'en' ? 'en' : /^zh-(tw|hk|mo|hant)/i.test(navigator.language) ? 'zh-Hant' : 'zh-Hans'
const words = (): Words => (state.lang === 'en' ? en : zh)
const fill = (s: string, name: string): string => s.replace('{name}', name)

async function getJSON<T>(url: string, body?: unknown): Promise<T> {
  const init = body
    ? { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
    : {}
  const res = await fetch(url, init)
  if (!res.ok) throw new Error(`${url}: ${res.status}`)
  return (await res.json()) as T
}

// signIn stands for the portal's own login: its server signs a short-lived token, and the page hands it to the widget.
async function signIn(id: string, open: boolean): Promise<void> {
  try {
    const { token, name } = await getJSON<{ token: string; name: string }>('/demo/sign-in', { id })
    state.who = id
    state.name = name
    state.fault = ''
    remember()
    whenWidget((w) => {
      w.identify(token)
      if (open) w.open()
    })
  } catch {
    state.fault = 'sign_in_failed'
  }
  draw()
}

function signOut(): void {
  if (state.who !== '') whenWidget((w) => w.logout())
  state.who = state.name = state.fault = ''
  remember()
  draw()
}

function remember(): void {
  try {
    sessionStorage.setItem('demo', JSON.stringify({ who: state.who, lang: state.lang }))
  } catch {
    // Without storage a reload simply signs out.
  }
}

function recall(): { who: string; lang: string } {
  try {
    const s = JSON.parse(sessionStorage.getItem('demo') ?? '{}')
    return { who: String(s.who ?? ''), lang: String(s.lang ?? '') }
  } catch {
    return { who: '', lang: '' }
  }
}

function whenWidget(run: (w: HejieApi) => void): void {
  const w = hejie()
  if (w) run(w)
  else window.addEventListener('hejie:ready', () => run(hejie() as HejieApi), { once: true })
}

// loadWidget adds the one script tag a creditor writes into its page. Here the creditor's id is known only to the server.
function loadWidget(creditor: string): void {
  const tag = document.createElement('script')
  tag.src = '/loader.js'
  tag.async = true
  tag.dataset.creditor = creditor
  tag.dataset.lang = chatLang()
  document.body.append(tag)
}

function setLang(lang: string): void {
  state.lang = lang
  remember()
  whenWidget((w) => w.setLang(chatLang()))
  draw()
}

function strip(w: Words): HTMLElement {
  const chip = (id: string, name: string, label: string, press: () => void) => {
    const on = state.who === id
    const body = h('span', {}, h('b', {}, name), h('span', {}, label))
    return h(
      'li',
      {},
      h(
        'button',
        { type: 'button', 'aria-pressed': String(on), click: press },
        body,
        ...(on ? [icon('check', 18)] : []),
      ),
    )
  }
  const about = h(
    'div',
    { class: 'about' },
    h('p', { class: 'name' }, icon('mark', 20), w.demo),
    h('p', {}, w.demo_1),
    h('p', {}, w.demo_2),
  )
  const list = h(
    'ul',
    { 'aria-label': w.people },
    ...state.people.map((p) => chip(p.id, p.name, labelOf(p.label, state.lang), () => void signIn(p.id, true))),
    chip('', w.guest, w.guest_sub, signOut),
  )
  const side = h('div', { class: 'side' })
  if (state.info) {
    side.append(
      h('a', { href: state.info.console, target: '_blank', rel: 'noopener' }, w.console, icon('next', 16)),
      h('span', { class: 'keys' }, `${state.info.login} / ${state.info.password}`),
    )
  }
  side.append(
    h(
      'button',
      {
        type: 'button',
        class: 'lang',
        lang: state.lang === 'en' ? 'zh-Hans' : 'en',
        click: () => setLang(state.lang === 'en' ? 'zh' : 'en'),
      },
      w.other_lang,
    ),
  )
  return h('aside', { class: 'demo', 'aria-label': w.demo }, about, list, side)
}

function head(w: Words): HTMLElement {
  const nav = [w.nav_bills, w.nav_contracts, w.nav_news, w.nav_complaints, w.nav_about]
  const links = nav.map((n, i) => h('a', { href: '#main', ...(i === 0 ? { 'aria-current': 'page' } : {}) }, n))
  const who = state.name
    ? h(
        'p',
        { class: 'user' },
        fill(w.signed_in, state.name),
        h('button', { type: 'button', click: signOut }, w.sign_out),
      )
    : h('p', { class: 'user' }, w.not_signed_in)
  return h(
    'header',
    {},
    h('p', { class: 'brand' }, icon('house', 30), w.company),
    h('nav', { 'aria-label': w.nav }, ...links),
    who,
  )
}

function hero(w: Words): HTMLElement {
  const tile = (ic: string, t: string, s: string) =>
    h(
      'button',
      { type: 'button', click: () => whenWidget((x) => x.open()) },
      icon(ic),
      h('span', {}, h('b', {}, t), h('span', {}, s)),
    )
  return h(
    'section',
    { class: 'hero' },
    h('h1', {}, state.name ? fill(w.hello, state.name) : w.hello_guest),
    h('p', {}, w.lead),
    ...(state.fault ? [h('p', { class: 'fault', role: 'status' }, w[state.fault])] : []),
    h(
      'div',
      { class: 'tiles' },
      tile('list', w.t_bills, w.t_bills_sub),
      tile('doc', w.t_contracts, w.t_contracts_sub),
      tile('calendar', w.t_plan, w.t_plan_sub),
      tile('flag', w.t_dispute, w.t_dispute_sub),
      tile('heart', w.t_help, w.t_help_sub),
      tile('lock', w.t_privacy, w.t_privacy_sub),
    ),
  )
}

function below(w: Words): HTMLElement {
  const day = (ago: number) => shortDay(localDay(Date.now() - ago * 86_400_000), state.lang === 'en' ? 'en' : 'zh-Hans')
  const item = (t: string, d: string) => h('li', {}, h('span', {}, t), h('time', {}, d))
  return h(
    'div',
    { class: 'below' },
    h(
      'section',
      {},
      h('h2', {}, w.news),
      h('ul', {}, item(w.news_1, day(3)), item(w.news_2, day(12)), item(w.news_3, day(26))),
    ),
    h(
      'section',
      { class: 'contact' },
      h('h2', {}, w.contact),
      h('p', {}, `${w.phone} `, h('b', {}, '400-000-0000'), ` · ${w.hours}`),
      h('p', {}, `${w.regulator} `, h('b', {}, '12378')),
      h('p', {}, w.pay_note),
    ),
  )
}

function draw(): void {
  const w = words()
  document.title = w.title
  document.documentElement.lang = state.lang === 'en' ? 'en' : 'zh-Hans'
  const at =
    document.activeElement instanceof HTMLElement
      ? [...document.querySelectorAll('button')].indexOf(document.activeElement as HTMLButtonElement)
      : -1
  const page = h(
    'div',
    { id: 'page' },
    strip(w),
    head(w),
    h('main', { id: 'main' }, hero(w), below(w)),
    h(
      'footer',
      {},
      h('span', {}, w.foot),
      h('span', {}, w.foot_privacy),
      h('span', {}, w.foot_rules),
      h('span', {}, w.foot_a11y),
    ),
  )
  const old = document.getElementById('page')
  if (old) old.replaceWith(page)
  else document.body.prepend(page)
  if (at >= 0) document.querySelectorAll('button')[at]?.focus()
}

async function boot(): Promise<void> {
  const saved = recall()
  state.lang = saved.lang || (navigator.language.toLowerCase().startsWith('en') ? 'en' : 'zh')
  draw()
  window.addEventListener('hejie:token-needed', () => state.who && void signIn(state.who, false))
  try {
    const [people, info] = await Promise.all([
      getJSON<{ people: Person[] }>('/demo/people'),
      getJSON<Info>('/demo/info'),
    ])
    state.people = people.people
    state.info = info
    loadWidget(info.creditor_id)
  } catch {
    state.fault = 'failed'
  }
  draw()
  if (saved.who) await signIn(saved.who, false)
}

void boot()
