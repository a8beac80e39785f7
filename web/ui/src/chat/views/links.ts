// Addresses in what our side wrote, so that a payment page is one press away. The filter has already refused every address that is not the
// creditor's. What the debtor wrote is never read for links.
export interface Piece {
  text: string
  url?: boolean
}

const address = /https?:\/\/[\w.~:/?#@!$&'()*+,;=%-]+/g

// linked cuts a text into words and addresses. An address is pressed only if it leads exactly where it says: in plain letters, without a
// user name before its host, unchanged by the browser's own reading. The pieces always join to the text.
export function linked(text: string): Piece[] {
  const out: Piece[] = []
  let at = 0
  for (const hit of text.matchAll(address)) {
    const url = hit[0].replace(/[.,;:!?'()*]+$/, '')
    if (!plain(url)) continue
    if (hit.index > at) out.push({ text: text.slice(at, hit.index) })
    out.push({ text: url, url: true })
    at = hit.index + url.length
  }
  if (at < text.length) out.push({ text: text.slice(at) })
  return out
}

function plain(s: string): boolean {
  try {
    const u = new URL(s)
    return u.username + u.password === '' && (u.href === s || u.href === `${s}/`)
  } catch {
    return false
  }
}
