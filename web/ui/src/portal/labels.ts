// The server names the kind of each sample; the page says it in words.
const zh: Record<string, string> = {
  credit_card: '信用卡，逾期 63 天',
  medical: '医疗费，逾期 41 天',
  tax: '税务通知，只告知',
  utility: '电费，逾期 18 天',
  private_loan: '民间借款，超上限',
  judgment: '网络贷款，已判决',
}
const en: Record<string, string> = {
  credit_card: 'Credit card, 63 days',
  medical: 'Medical bill, 41 days',
  tax: 'Tax notice, told only',
  utility: 'Electricity, 18 days',
  private_loan: 'Private loan, over cap',
  judgment: 'Online loan, judged',
}

export function labelOf(code: string, lang: string): string {
  return (lang === 'en' ? en : zh)[code] ?? code
}
