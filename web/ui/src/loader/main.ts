// The loader: one script tag puts a launcher on a creditor's page and opens the chat in an iframe of the chat's own origin.
// It reads nothing of the page and learns nothing of the conversation but how many messages are unread.
import { css } from './style'
import { words } from './words'

interface Api {
  identify(jwt: string): void
  logout(): void
  open(): void
  close(): void
  setLang(lang: string): void
}

declare global {
  interface Window {
    Hejie?: Api
  }
}

const script = document.currentScript as HTMLScriptElement | null
const source = script?.src ? new URL(script.src) : undefined

function remember(open: boolean): void {
  try {
    sessionStorage.setItem('hejie-open', open ? '1' : '')
  } catch {
    // A page may forbid storage; the panel then starts closed on each page.
  }
}

function wasOpen(): boolean {
  try {
    return sessionStorage.getItem('hejie-open') === '1'
  } catch {
    return false
  }
}

function newNonce(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('')
}

function start(origin: string, creditor: string, firstLang: string): Api {
  const host = document.createElement('hejie-widget')
  const root = host.attachShadow({ mode: 'closed' })
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(css)
  root.adoptedStyleSheets = [sheet]

  const nonce = newNonce()
  let lang = firstLang
  let jwt = ''
  let frame: HTMLIFrameElement | undefined
  let ready = false
  let shown = false
  let unread = 0

  const panel = document.createElement('div')
  panel.className = 'panel'
  panel.hidden = true
  panel.setAttribute('role', 'dialog')
  const launcher = document.createElement('button')
  launcher.className = 'launcher'
  launcher.type = 'button'
  launcher.setAttribute('aria-haspopup', 'dialog')
  launcher.append(line('mark', 'M4 7c5 0 5 5 10 5h6M4 17c5 0 5-5 10-5'), line('down', 'M6 9l6 6 6-6'))
  const badge = document.createElement('span')
  badge.className = 'badge'
  badge.hidden = true
  launcher.append(badge)
  root.append(panel, launcher)

  const label = (): void => {
    const w = words(lang)
    host.lang = lang
    panel.setAttribute('aria-label', w.panel)
    launcher.setAttribute(
      'aria-label',
      shown ? w.close : unread > 0 ? `${w.open}, ${w.unread.replace('{n}', String(unread))}` : w.open,
    )
    launcher.setAttribute('aria-expanded', String(shown))
    badge.hidden = unread === 0 || shown
    badge.textContent = unread > 9 ? '9+' : String(unread)
    if (frame) frame.title = w.panel
  }

  const tell = (m: Record<string, unknown>): void => {
    if (ready) frame?.contentWindow?.postMessage({ hejie: 1, nonce, ...m }, origin)
  }

  const mount = (): void => {
    if (frame) return
    frame = document.createElement('iframe')
    frame.setAttribute(
      'sandbox',
      'allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads',
    )
    frame.referrerPolicy = 'origin'
    const query = new URLSearchParams({ creditor, lang })
    // What follows # never reaches a server or its log.
    const hash = new URLSearchParams({ n: nonce, o: location.origin })
    frame.src = `${origin}/chat?${query}#${hash}`
    panel.append(frame)
  }

  const show = (on: boolean, focus = true): void => {
    if (on === shown) return
    shown = on
    if (on) mount()
    panel.hidden = !on
    host.classList.toggle('open', on)
    launcher.classList.toggle('open', on)
    remember(on)
    if (on) unread = 0
    label()
    tell({ type: 'shown', shown: on })
    if (!focus) return
    if (on) frame?.focus()
    else launcher.focus()
  }

  // An on-screen keyboard covers a page without shrinking it: the panel keeps to the part that is seen. Who zooms looks around freely.
  const seen = window.visualViewport
  const fit = (): void => {
    if (!seen || seen.scale > 1.01) return
    panel.style.setProperty('--top', `${seen.offsetTop}px`)
    panel.style.setProperty('--seen', `${seen.height}px`)
  }
  seen?.addEventListener('resize', fit)
  seen?.addEventListener('scroll', fit)

  window.addEventListener('message', (e: MessageEvent) => {
    if (!frame || e.source !== frame.contentWindow || e.origin !== origin) return
    const d = e.data
    if (!d || typeof d !== 'object' || d.hejie !== 1 || d.nonce !== nonce) return
    if (d.type === 'ready') {
      ready = true
      if (jwt) tell({ type: 'identify', token: jwt })
      tell({ type: 'lang', lang })
      tell({ type: 'shown', shown })
    } else if (d.type === 'close') show(false)
    else if (d.type === 'unread') {
      unread = shown ? 0 : Math.max(0, Math.min(99, Number(d.n) || 0))
      label()
    } else if (d.type === 'need_token') {
      jwt = ''
      // The page may answer with Hejie.identify(newToken).
      window.dispatchEvent(new CustomEvent('hejie:token-needed'))
    }
  })
  launcher.addEventListener('click', () => show(!shown))
  root.addEventListener('keydown', (e) => {
    if ((e as KeyboardEvent).key === 'Escape' && shown) show(false)
  })
  document.body.append(host)
  label()
  if (wasOpen()) show(true, false)

  return {
    identify(token) {
      jwt = String(token)
      tell({ type: 'identify', token: jwt })
    },
    logout() {
      jwt = ''
      tell({ type: 'logout' })
    },
    open: () => show(true),
    close: () => show(false),
    setLang(next) {
      lang = String(next)
      label()
      tell({ type: 'lang', lang })
    },
  }
}

function line(name: string, d: string): SVGSVGElement {
  const ns = 'http://www.w3.org/2000/svg'
  const svg = document.createElementNS(ns, 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('class', name)
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS(ns, 'path')
  path.setAttribute('d', d)
  svg.append(path)
  return svg
}

if (script && source && !window.Hejie) {
  const creditor = script.dataset.creditor ?? ''
  const lang = script.dataset.lang ?? document.documentElement.lang ?? ''
  const run = (): void => {
    window.Hejie = start(source.origin, creditor, lang)
    // A page whose own script ran first waits for this.
    window.dispatchEvent(new CustomEvent('hejie:ready'))
  }
  if (document.body) run()
  else document.addEventListener('DOMContentLoaded', run)
}
