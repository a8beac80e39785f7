// Cases by their deadline: what is overdue comes first, then what is due soonest; without a day last.
export interface Due {
  due?: string
}

export const isOverdue = (c: Due, today: string) => Boolean(c.due && today && c.due < today)

export function byDeadline<T extends Due>(cases: T[]): T[] {
  return [...cases].sort((a, b) => (a.due || '9999') < (b.due || '9999') ? -1 : (a.due || '9999') > (b.due || '9999') ? 1 : 0)
}

// daysLeft is negative when the day has passed.
export function daysLeft(due: string, today: string): number {
  return Math.round((Date.parse(`${due}T00:00:00Z`) - Date.parse(`${today}T00:00:00Z`)) / 86_400_000)
}
