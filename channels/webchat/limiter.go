package webchat

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// keyed holds one limiter per key (session, address). Keys idle long enough to be full again are forgotten.
type keyed struct {
	mu    sync.Mutex
	every rate.Limit
	burst int
	full  time.Duration // an idle limiter is full again after this
	m     map[string]*keyedEntry
	sweep int // size at which idle keys are looked for
}

type keyedEntry struct {
	lim  *rate.Limiter
	last time.Time
}

const sweepAt = 1024

func newKeyed(perMin, burst int) *keyed {
	every := rate.Limit(float64(perMin) / 60)
	return &keyed{
		every: every, burst: burst, m: map[string]*keyedEntry{}, sweep: sweepAt,
		full: time.Duration(float64(burst)/float64(every)*float64(time.Second)) + time.Second,
	}
}

// take spends one; when there is none it tells how long to wait.
func (k *keyed) take(key string, now time.Time) (time.Duration, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.m) >= k.sweep {
		for id, e := range k.m {
			if now.Sub(e.last) > k.full {
				delete(k.m, id)
			}
		}
		k.sweep = max(sweepAt, 2*len(k.m))
	}
	e := k.m[key]
	if e == nil {
		e = &keyedEntry{lim: rate.NewLimiter(k.every, k.burst)}
		k.m[key] = e
	}
	e.last = now
	return take(e.lim, now)
}

// take spends one of a limiter without ever going into debt.
func take(l *rate.Limiter, now time.Time) (time.Duration, bool) {
	if l.AllowN(now, 1) {
		return 0, true
	}
	missing := 1 - l.TokensAt(now)
	return time.Duration(missing / float64(l.Limit()) * float64(time.Second)), false
}

// strikes counts violations in a sliding window. Not safe for concurrent use: each socket's reader has its own.
type strikes struct {
	at []time.Time
}

// add records one and reports whether it is one too many.
func (s *strikes) add(now time.Time, window time.Duration, limit int) bool {
	keep := s.at[:0]
	for _, t := range s.at {
		if now.Sub(t) < window {
			keep = append(keep, t)
		}
	}
	s.at = append(keep, now)
	return len(s.at) >= limit
}

// ipKey groups addresses that one person may hold: a whole /64 counts once for IPv6.
func ipKey(s string) string {
	a, err := netip.ParseAddr(s)
	if err != nil {
		if ap, perr := netip.ParseAddrPort(s); perr == nil {
			a = ap.Addr()
		} else {
			return s
		}
	}
	a = a.Unmap().WithZone("")
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}
