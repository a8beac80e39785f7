const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
let lastMs = 0
let lastRandom = new Uint8Array(16)

// ulid makes a client message id: 48 bits of time, 80 of randomness, rising within one millisecond so that ids sort as sent.
export function ulid(now: number = Date.now()): string {
  if (now > lastMs) {
    lastMs = now
    lastRandom = crypto.getRandomValues(new Uint8Array(16)).map((b) => b % 32)
  } else {
    now = lastMs
    bump(lastRandom)
  }
  let time = ''
  for (let i = 0, t = now; i < 10; i++) {
    time = ALPHABET[t % 32] + time
    t = Math.floor(t / 32)
  }
  return time + Array.from(lastRandom, (b) => ALPHABET[b]).join('')
}

function bump(digits: Uint8Array): void {
  for (let i = digits.length - 1; i >= 0; i--) {
    if (digits[i] < 31) {
      digits[i]++
      return
    }
    digits[i] = 0
  }
}
