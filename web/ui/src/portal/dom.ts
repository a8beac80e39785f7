// A few lines instead of a framework: the page is static but for names and a language. Text goes in as text, never as markup.

type Props = Record<string, string | boolean | ((e: Event) => void)>

export function h(tag: string, props: Props = {}, ...children: (Node | string)[]): HTMLElement {
  const el = document.createElement(tag)
  for (const [k, v] of Object.entries(props)) {
    if (typeof v === 'function') el.addEventListener(k, v)
    else if (typeof v === 'boolean') el.toggleAttribute(k, v)
    else el.setAttribute(k, v)
  }
  el.append(...children)
  return el
}

const icons: Record<string, string> = {
  house: 'M3 11l9-7 9 7M6 10v9h12v-9M10 15h4',
  list: 'M9 6h11M9 12h11M9 18h11M4.5 6h.01M4.5 12h.01M4.5 18h.01',
  doc: 'M7 3h7l4 4v14H7zM14 3v4h4M10 12h5M10 16h5',
  calendar: 'M5 7h14v13H5zM5 11h14M9 4v4M15 4v4',
  flag: 'M6 21V4h12l-3 4 3 4H6',
  heart: 'M12 20s-8-5-8-11a4.3 4.3 0 0 1 8-2 4.3 4.3 0 0 1 8 2c0 6-8 11-8 11z',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  mark: 'M4 7c5 0 5 5 10 5h6M4 17c5 0 5-5 10-5',
  next: 'M9 5l7 7-7 7',
}

export function icon(name: string, size = 24): SVGSVGElement {
  const ns = 'http://www.w3.org/2000/svg'
  const svg = document.createElementNS(ns, 'svg')
  for (const [k, v] of Object.entries({
    viewBox: '0 0 24 24',
    width: String(size),
    height: String(size),
    'aria-hidden': 'true',
  }))
    svg.setAttribute(k, v)
  const path = document.createElementNS(ns, 'path')
  path.setAttribute('d', icons[name] ?? '')
  svg.append(path)
  return svg
}
