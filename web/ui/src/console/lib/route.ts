// Which page the address names: #c=ID is a conversation, #p=page/tab anything else. The browser's back button works.
import { computed, reactive } from 'vue'
import { desk } from './desk'

export interface Page {
  id: string
  icon: string
  key: string // pressed outside a text field
  tabs: Tab[]
}
export interface Tab {
  id: string
  needs: string[] // any of these actions opens it
}

export const pages: Page[] = [
  { id: 'desk', icon: 'sms', key: '1', tabs: [{ id: 'queue', needs: ['queue'] }] },
  {
    id: 'work',
    icon: 'tasks',
    key: '2',
    tabs: [
      { id: 'approvals', needs: ['approve'] },
      { id: 'reviews', needs: ['second_look', 'second_look_ask'] },
      { id: 'cases', needs: ['cases'] },
      { id: 'holds', needs: ['cases'] },
    ],
  },
  { id: 'policy', icon: 'sliders', key: '3', tabs: [{ id: 'policy', needs: ['policy'] }] },
  {
    id: 'channels',
    icon: 'globe',
    key: '4',
    tabs: [
      { id: 'health', needs: ['delivery'] },
      { id: 'dead', needs: ['delivery'] },
    ],
  },
  {
    id: 'links',
    icon: 'plug',
    key: '5',
    tabs: [
      { id: 'webhooks', needs: ['integrations', 'integrations_read'] },
      { id: 'keys', needs: ['integrations', 'integrations_read'] },
    ],
  },
]

// open leaves only what the role may see; a page without tabs left is gone.
export function open(actions: string[]): Page[] {
  return pages
    .map((p) => ({ ...p, tabs: p.tabs.filter((x) => x.needs.some((n) => actions.includes(n))) }))
    .filter((p) => p.tabs.length > 0)
}

// place finds where a hash leads; what the role may not see leads to the desk.
export function place(hash: string, actions: string[]): { page: string; tab: string } {
  const [page, tab] = (new URLSearchParams(hash.replace(/^#/, '')).get('p') ?? '').split('/')
  const found = open(actions).find((p) => p.id === page)
  if (!found) return { page: 'desk', tab: 'queue' }
  return { page: found.id, tab: found.tabs.find((x) => x.id === tab)?.id ?? found.tabs[0].id }
}

export const route = reactive({ page: 'desk', tab: 'queue' })
export const mine = computed(() => open(desk.me?.actions ?? []))
export const tabs = computed(() => mine.value.find((p) => p.id === route.page)?.tabs ?? [])

export function follow() {
  Object.assign(route, place(location.hash, desk.me?.actions ?? []))
}

export function go(page: string, tab = '') {
  const conv = desk.conv?.id
  location.hash = page === 'desk' ? (conv ? `c=${encodeURIComponent(conv)}` : '') : `p=${page}${tab && `/${tab}`}`
  follow()
}

export function turnTab(by: number) {
  const i = tabs.value.findIndex((x) => x.id === route.tab)
  if (i >= 0) go(route.page, tabs.value[(i + by + tabs.value.length) % tabs.value.length].id)
}
