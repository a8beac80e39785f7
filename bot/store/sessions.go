package store

import (
	"context"
	"fmt"
	"time"

	"hejie/bot"
)

// CreateSession keeps a debtor's session. ErrConflict when the token is known.
func (s *Store) CreateSession(ctx context.Context, v bot.Session) error {
	err := s.write(ctx, func(t *tx) error {
		_, err := t.exec("session_insert", v.TokenHash, v.ConvID, v.CreditorID, v.Subject, v.Assurance, v.CreatedMS, v.SeenMS, v.ExpiresMS, v.Revoked)
		return err
	})
	if isUnique(err) {
		return fmt.Errorf("session: %w", bot.ErrConflict)
	}
	return err
}

// SessionByHash loads a session, also a revoked or expired one: the caller tells them apart. ErrNotFound.
func (s *Store) SessionByHash(ctx context.Context, tokenHash string) (bot.Session, error) {
	var v bot.Session
	if err := s.get(ctx, &v, "session", tokenHash); err != nil {
		return bot.Session{}, fmt.Errorf("session: %w", found(err))
	}
	return v, nil
}

// TouchSession moves the sliding end of a session; never back.
func (s *Store) TouchSession(ctx context.Context, tokenHash string, nowMS int64) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec("session_touch", tokenHash, nowMS)
		return err
	})
}

// RevokeSessions ends all sessions of a subject and names their conversations. An empty subject ends none: visitors share it.
func (s *Store) RevokeSessions(ctx context.Context, creditorID, subject string) (convIDs []string, err error) {
	if subject == "" {
		return nil, nil
	}
	err = s.write(ctx, func(t *tx) error {
		convIDs = nil
		if err := t.sel(&convIDs, "sessions_revoke", creditorID, subject); err != nil {
			return err
		}
		_, err := t.audit("session_revoked", "host", "", nil, map[string]any{"creditor": creditorID, "subject": subject, "sessions": len(convIDs)})
		return err
	})
	return convIDs, err
}

// UseTokenID records a host token's jti until its end. ErrConflict when it was used before.
func (s *Store) UseTokenID(ctx context.Context, creditorID, jti string, expiresMS int64) error {
	return s.write(ctx, func(t *tx) error {
		n, err := t.exec("token_use", creditorID, jti, expiresMS)
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("token: %w", bot.ErrConflict)
		}
		_, err = t.exec("tokens_forget", t.now-time.Hour.Milliseconds())
		return err
	})
}
