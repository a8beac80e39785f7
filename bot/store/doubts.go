package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"hejie/bot"
	"hejie/bot/guard"
)

// Doubts lists sends that ended unknown and whose time to ask the peer has come, with what is needed to recognise them there.
func (s *Store) Doubts(ctx context.Context, now time.Time, limit int) ([]bot.Doubt, error) {
	var rows []struct {
		DraftID string `db:"draft_id"`
		Channel string `db:"channel"`
		Account string `db:"account"`
		Address string `db:"address"`
		Key     string `db:"idem_key"`
		Draft   string `db:"draft"`
		FirstMS int64  `db:"first_ms"`
		LastMS  int64  `db:"last_ms"`
	}
	if err := s.sel(ctx, &rows, "doubts", now.UnixMilli(), limit); err != nil {
		return nil, fmt.Errorf("doubts: %w", err)
	}
	out := make([]bot.Doubt, 0, len(rows))
	for _, r := range rows {
		d := bot.Doubt{DraftID: r.DraftID, Channel: r.Channel, Account: r.Account, Key: r.Key, From: time.UnixMilli(r.FirstMS), Until: time.UnixMilli(r.LastMS)}
		a, err := s.Address(ctx, r.Address)
		if err != nil {
			return nil, err
		}
		d.Address = a.Number
		var draft guard.Draft
		if err := json.Unmarshal([]byte(r.Draft), &draft); err != nil {
			return nil, fmt.Errorf("doubt %s: %w", r.DraftID, err)
		}
		d.Parts = draft.Parts
		if err := s.sel(ctx, &d.Taken, "provider_ids", r.Address, d.From.Add(-24*time.Hour).UnixMilli()); err != nil {
			return nil, fmt.Errorf("doubt %s: %w", r.DraftID, err)
		}
		out = append(out, d)
	}
	return out, nil
}

// AskDoubt says when a doubt is to be asked about next (zero: never again). mine is false when another node was faster.
func (s *Store) AskDoubt(ctx context.Context, draftID string, next, now time.Time) (mine bool, err error) {
	ms := int64(0)
	if !next.IsZero() {
		ms = next.UnixMilli()
	}
	err = s.write(ctx, func(t *tx) error {
		n, err := t.exec("doubt_asked", draftID, ms, now.UnixMilli())
		mine = n > 0
		return err
	})
	return mine, err
}

// DesksBehind lists conversations whose holder with us is not the one at the peer's own desk.
func (s *Store) DesksBehind(ctx context.Context, channel, account string, limit int) (ids []string, err error) {
	err = s.sel(ctx, &ids, "desks_behind", channel, account, limit)
	return ids, err
}

// PutDesk notes who serves an address at the peer's own desk.
func (s *Store) PutDesk(ctx context.Context, addressID, at string) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec("address_desk", addressID, at)
		return err
	})
}
