package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hejie/bot"
)

var (
	_ bot.Integrations = (*Store)(nil)
	_ bot.Hooks        = (*Store)(nil)
	_ bot.Reviews      = (*Store)(nil)
)

// keyMark begins every API key, so that a leaked one is recognised by scanners and people.
const keyMark = "hj_"

type apiKeyRow struct {
	ID         string `db:"id"`
	CreditorID string `db:"creditor_id"`
	Name       string `db:"name"`
	Prefix     string `db:"prefix"`
	Scopes     string `db:"scopes"`
	CreatedMS  int64  `db:"created_ms"`
	ExpiresMS  int64  `db:"expires_ms"`
	LastUsedMS int64  `db:"last_used_ms"`
	RevokedMS  int64  `db:"revoked_ms"`
}

func (r apiKeyRow) key() bot.APIKey {
	return bot.APIKey{ID: r.ID, CreditorID: r.CreditorID, Name: r.Name, Prefix: r.Prefix, Scopes: strings.Fields(r.Scopes),
		CreatedMS: r.CreatedMS, ExpiresMS: r.ExpiresMS, LastUsedMS: r.LastUsedMS, RevokedMS: r.RevokedMS}
}

// keyHash needs no salt and no slow function: a key is 32 random bytes, which nobody guesses.
func keyHash(secret string) string {
	sum := sha256.Sum256([]byte("hejie api key\x00" + secret))
	return hex.EncodeToString(sum[:])
}

// AddAPIKey makes a key; the secret is not kept. ErrNotFound: no such creditor.
func (s *Store) AddAPIKey(ctx context.Context, k bot.APIKey, by string) (bot.APIKey, string, error) {
	k.Name = strings.TrimSpace(k.Name)
	if k.Name == "" || len(k.Scopes) == 0 {
		return k, "", fmt.Errorf("api key: a name and a scope are needed: %w", bot.ErrEmpty)
	}
	for _, sc := range k.Scopes {
		if !slices.Contains(bot.Scopes, sc) {
			return k, "", fmt.Errorf("api key: %q is no scope: %w", sc, bot.ErrEmpty)
		}
	}
	if _, err := s.Tenant(ctx, k.CreditorID); err != nil {
		return k, "", err
	}
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails
	secret := keyMark + hex.EncodeToString(raw)
	k.ID, k.Prefix, k.CreatedMS, k.RevokedMS, k.LastUsedMS = newID(), secret[:len(keyMark)+8], s.nowMS(), 0, 0
	slices.Sort(k.Scopes)
	k.Scopes = slices.Compact(k.Scopes)
	err := s.write(ctx, func(t *tx) error {
		if _, err := t.exec("api_key_insert", k.ID, k.CreditorID, k.Name, k.Prefix, keyHash(secret), strings.Join(k.Scopes, " "), k.CreatedMS, k.ExpiresMS); err != nil {
			return err
		}
		_, err := t.audit("api_key", by, "", nil, k)
		return err
	})
	return k, secret, err
}

// usedEvery is how often a key's use is written down: a write for each request would be too much.
const usedEvery = time.Minute

// APIKeyBySecret finds the key that is presented. ErrNotFound: unknown, revoked, expired.
func (s *Store) APIKeyBySecret(ctx context.Context, secret string, nowMS int64) (bot.APIKey, error) {
	var r apiKeyRow
	if err := s.get(ctx, &r, "api_key_by_hash", keyHash(secret), nowMS); err != nil {
		return bot.APIKey{}, fmt.Errorf("api key: %w", found(err))
	}
	if nowMS-r.LastUsedMS >= usedEvery.Milliseconds() {
		err := s.write(ctx, func(t *tx) error {
			_, err := t.exec("api_key_used", r.ID, nowMS)
			return err
		})
		if err != nil {
			return bot.APIKey{}, err
		}
	}
	return r.key(), nil
}

// APIKeys lists keys, also revoked ones. An empty creditor lists all.
func (s *Store) APIKeys(ctx context.Context, creditorID string) ([]bot.APIKey, error) {
	var rows []apiKeyRow
	if err := s.sel(ctx, &rows, "api_keys", creditorID); err != nil {
		return nil, fmt.Errorf("api keys: %w", err)
	}
	out := make([]bot.APIKey, len(rows))
	for i, r := range rows {
		out[i] = r.key()
	}
	return out, nil
}

// RevokeAPIKey ends a key at once. ErrNotFound: no such key, or revoked before.
func (s *Store) RevokeAPIKey(ctx context.Context, id, by string) error {
	return s.write(ctx, func(t *tx) error {
		var creditor string
		if err := t.get(&creditor, "api_key_revoke", id, t.now); err != nil {
			return fmt.Errorf("api key: %w", found(err))
		}
		_, err := t.audit("api_key_revoked", by, "", nil, map[string]string{"key": id, "creditor": creditor})
		return err
	})
}

// IntegrationFigures are row counts for the metrics page.
type IntegrationFigures struct {
	HooksPending  int `db:"hooks_pending"`
	HooksDisabled int `db:"hooks_disabled"`
	OutboxOpen    int `db:"outbox_open"`
	OutboxHeld    int `db:"outbox_held"`
	OutboxDead    int `db:"outbox_dead"`
	OutboxParked  int `db:"outbox_parked"`
	InboxNew      int `db:"inbox_new"`
	InboxDead     int `db:"inbox_dead"`
}

// IntegrationFigures counts what waits in the queues.
func (s *Store) IntegrationFigures(ctx context.Context) (f IntegrationFigures, err error) {
	if err = s.get(ctx, &f, "integration_figures"); err != nil {
		return f, errors.Join(errors.New("store: figures"), err)
	}
	return f, nil
}
