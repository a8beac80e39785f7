// Guards against the answer of an older question that comes after a newer one was asked.

// newest gives each question a signal and calls off the one before it; off calls off the last.
export function newest() {
  let call: AbortController | undefined
  const off = () => call?.abort()
  const next = () => {
    off()
    call = new AbortController()
    return call.signal
  }
  return { next, off }
}

// rested waits for a pause in what a person types before it asks; only the newest question is asked, and only its answer counts.
export function rested(ms: number) {
  const { next, off } = newest()
  let timer: ReturnType<typeof setTimeout> | undefined
  const stop = () => {
    clearTimeout(timer)
    off()
  }
  const ask = <T>(run: (signal: AbortSignal) => Promise<T>, good: (got: T) => void, bad: (e: unknown) => void) => {
    stop()
    timer = setTimeout(() => {
      const signal = next()
      run(signal).then(
        (got) => void (signal.aborted || good(got)),
        (e) => void (signal.aborted || bad(e)),
      )
    }, ms)
  }
  return { ask, stop }
}
