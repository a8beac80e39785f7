import { svg, type TemplateResult } from 'lit'

const paths: Record<string, string> = {
  mark: 'M4 7c5 0 5 5 10 5h6M4 17c5 0 5-5 10-5', // two lines become one
  close: 'M6 6l12 12M18 6L6 18',
  up: 'M12 19V6M6 11l6-6 6 6',
  list: 'M9 6h11M9 12h11M9 18h11M4.5 6h.01M4.5 12h.01M4.5 18h.01',
  bars: 'M4 6h16M4 12h16M4 18h10',
  calendar: 'M5 7h14v13H5zM5 11h14M9 4v4M15 4v4',
  flag: 'M6 21V4h12l-3 4 3 4H6',
  chevron: 'M6 9l6 6 6-6',
  eye: 'M2 12s4-6.5 10-6.5S22 12 22 12s-4 6.5-10 6.5S2 12 2 12zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z',
  eye_off:
    'M4 4l16 16M9.9 5.8A9 9 0 0 1 12 5.5c6 0 10 6.5 10 6.5a17 17 0 0 1-3 3.6M6.2 7.8A16.5 16.5 0 0 0 2 12s4 6.5 10 6.5a9.6 9.6 0 0 0 3.5-.7',
  doc: 'M7 3h7l4 4v14H7zM14 3v4h4M10 12h5M10 16h5',
  phone:
    'M6.5 3.5l3 .5 1.5 4-2 1.800a13 13 0 0 0 5.200 5.200l1.800-2 4 1.5.5 3c0 1.5-1 2.5-2.5 2.5C10.5 19.5 4.5 13.5 4 6c0-1.5 1-2.5 2.5-2.5z',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  ticks: 'M2 13l4 4 8-9M11 16l1 1 9-10',
  clock: 'M12 7v5l3 2M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z',
  minus: 'M6 12h12',
  plus: 'M6 12h12M12 6v12',
  pause: 'M9 6v12M15 6v12',
  down: 'M12 5v13M6 13l6 6 6-6',
}

export function icon(name: keyof typeof paths | string, size = 20): TemplateResult {
  return svg`<svg class="icon" width=${size} height=${size} viewBox="0 0 24 24" aria-hidden="true"><path d=${paths[name] ?? ''} /></svg>` as TemplateResult
}
