interface Words {
  open: string
  close: string
  panel: string
  unread: string
}

const zhHans: Words = { open: '打开账单对话', close: '收起账单对话', panel: '账单对话', unread: '{n} 条未读' }
const zhHant: Words = { open: '打開帳單對話', close: '收起帳單對話', panel: '帳單對話', unread: '{n} 則未讀' }
const en: Words = {
  open: 'Open the chat about your bill',
  close: 'Close the chat',
  panel: 'Chat about your bill',
  unread: '{n} unread',
}

export const allWords: Record<string, Words> = { 'zh-Hans': zhHans, 'zh-Hant': zhHant, en }

export function words(lang: string): Words {
  const l = lang.toLowerCase()
  if (l.startsWith('en')) return en
  return /^zh-(hant|tw|hk|mo)/.test(l) ? zhHant : zhHans
}
