package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Small state that all nodes see: peers' tokens, marks against replay, locks. Values are sealed.

// Load gives a value that has not expired; ok is false when there is none.
func (s *Store) Load(ctx context.Context, key string) (value string, version int64, ok bool, err error) {
	var r struct {
		Value   []byte `db:"value"`
		Version int64  `db:"version"`
	}
	err = s.get(ctx, &r, "shared_get", key, s.nowMS())
	if errors.Is(err, sql.ErrNoRows) {
		return "", 0, false, nil
	}
	if err != nil {
		return "", 0, false, fmt.Errorf("shared %s: %w", key, err)
	}
	plain, err := s.vault.open("shared:"+key, r.Value)
	if err != nil {
		return "", 0, false, fmt.Errorf("shared %s: %w", key, err)
	}
	return string(plain), r.Version, true, nil
}

// Swap writes a value if the version is still the one that was loaded; 0 = there was none.
func (s *Store) Swap(ctx context.Context, key string, version int64, value string, expires time.Time) (ok bool, err error) {
	sealed := s.vault.seal("shared:"+key, []byte(value))
	err = s.write(ctx, func(t *tx) error {
		var n int64
		if version == 0 {
			n, err = t.exec("shared_put_new", key, sealed, expires.UnixMilli(), t.now)
		} else {
			n, err = t.exec("shared_swap", key, version, sealed, expires.UnixMilli())
		}
		ok = n > 0
		return err
	})
	return ok, err
}

// Once is true the first time a key is seen before it expires.
func (s *Store) Once(ctx context.Context, key string, expires time.Time) (first bool, err error) {
	return s.Swap(ctx, "once:"+key, 0, "", expires)
}

// Lock takes or renews a named lock; it ends by itself at until.
func (s *Store) Lock(ctx context.Context, key, owner string, until time.Time) (ok bool, err error) {
	err = s.write(ctx, func(t *tx) error {
		n, err := t.exec("shared_lock", "lock:"+key, owner, until.UnixMilli(), t.now, empty)
		ok = n > 0
		return err
	})
	return ok, err
}

// Unlock ends a lock that is the owner's.
func (s *Store) Unlock(ctx context.Context, key, owner string) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec("shared_unlock", "lock:"+key, owner)
		return err
	})
}

// CountToday adds one to a subject's count of the day and returns it.
func (s *Store) CountToday(ctx context.Context, subject, day string) (n int, err error) {
	err = s.write(ctx, func(t *tx) error { return t.get(&n, "count_today", s.vault.hash("count", subject), day) })
	return n, err
}

// Forget drops small state that has expired: marks, tickets, receipts nobody claimed.
func (s *Store) Forget(ctx context.Context) error {
	return s.write(ctx, func(t *tx) error {
		hour := time.Hour.Milliseconds()
		_, err1 := t.exec("shared_forget", t.now)
		_, err2 := t.exec("tickets_forget", t.now-24*hour)
		_, err3 := t.exec("early_receipts_forget", t.now-72*hour)
		return errors.Join(err1, err2, err3)
	})
}
