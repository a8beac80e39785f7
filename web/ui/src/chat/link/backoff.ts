// When to come back after a connection ends. Full jitter, so that ten thousand phones do not return in the same second.

export function jitter(attempt: number, random: () => number = Math.random): number {
  return Math.floor(random() * Math.min(20_000, 500 * 2 ** attempt))
}

export type Next =
  | { do: 'retry'; floor: number; spread: number }
  | { do: 'backoff'; floor: number }
  | { do: 'token' } // the session is gone: a new one from the host, or an anonymous one
  | { do: 'refresh' } // the session has aged: renew it, then reconnect
  | { do: 'stop'; why: 'closed' | 'other_tab' | 'fault' }

// afterClose reads a close code as the protocol defines it. 1006 (no code at all) is the everyday dropped line.
export function afterClose(code: number): Next {
  switch (code) {
    case 1000:
    case 4410:
      return { do: 'stop', why: 'closed' }
    case 1001:
    case 1012:
    case 1013:
      return { do: 'retry', floor: 0, spread: 5_000 }
    case 1003:
    case 1007:
    case 1009:
    case 4400:
    case 4403:
    case 4426:
      return { do: 'stop', why: 'fault' }
    case 4404:
    case 4401:
      return { do: 'token' }
    case 4409:
      return { do: 'stop', why: 'other_tab' }
    case 4429:
      return { do: 'backoff', floor: 30_000 }
    case 4440:
      return { do: 'refresh' }
    default:
      return { do: 'backoff', floor: 0 }
  }
}
