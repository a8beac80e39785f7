package web

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// maxKeys bounds the memory an attacker can make us spend on limiters.
const maxKeys = 10_000

// keyedLimiter is one token bucket a key (an address, a login, an agent).
type keyedLimiter struct {
	mu      sync.Mutex
	perSec  rate.Limit
	burst   int
	buckets map[string]*bucket
}

type bucket struct {
	lim  *rate.Limiter
	used time.Time
}

func newKeyedLimiter(perSec rate.Limit, burst int) *keyedLimiter {
	return &keyedLimiter{perSec: perSec, burst: burst, buckets: map[string]*bucket{}}
}

func (l *keyedLimiter) allow(key string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.buckets[key]
	if b == nil {
		if len(l.buckets) >= maxKeys {
			l.forget(now)
		}
		b = &bucket{lim: rate.NewLimiter(l.perSec, l.burst)}
		l.buckets[key] = b
	}
	b.used = now
	return b.lim.AllowN(now, 1)
}

// forget drops buckets that have filled up again: they limit nobody. If an attack keeps them all busy, the oldest goes,
// so that the map never grows and a fresh key is never refused for lack of room.
func (l *keyedLimiter) forget(now time.Time) {
	oldest, at := "", now
	for k, b := range l.buckets {
		if b.lim.TokensAt(now) >= float64(l.burst) {
			delete(l.buckets, k)
		} else if !b.used.After(at) {
			oldest, at = k, b.used
		}
	}
	if len(l.buckets) >= maxKeys {
		delete(l.buckets, oldest)
	}
}
