// Unsent words survive switching conversations and a lost session. Kept in memory only: they are about a debtor.
const kept = new Map<string, string>()

export function keep(key: string, text: string) {
  if (text) kept.set(key, text)
  else kept.delete(key)
}

export function draftOf(key: string): string {
  return kept.get(key) ?? ''
}
