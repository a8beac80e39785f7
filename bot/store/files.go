package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"hejie/bot"
)

// Files lists what was sent in a conversation, oldest first, without the content.
func (s *Store) Files(ctx context.Context, convID string) ([]bot.File, error) {
	var out []bot.File
	if err := s.sel(ctx, &out, "attachments", convID); err != nil {
		return nil, fmt.Errorf("files of %s: %w", convID, err)
	}
	return out, nil
}

// File loads one with its content, opened. ErrNotFound; content is empty while its State is not kept.
func (s *Store) File(ctx context.Context, id string) (bot.File, []byte, error) {
	var r struct {
		bot.File
		Content []byte `db:"content"`
	}
	if err := s.get(ctx, &r, "attachment", id); err != nil {
		return bot.File{}, nil, fmt.Errorf("file %s: %w", id, found(err))
	}
	if len(r.Content) == 0 {
		return r.File, nil, nil
	}
	body, err := s.vault.open("file:"+id, r.Content)
	if err != nil {
		return bot.File{}, nil, fmt.Errorf("file %s: %w", id, err)
	}
	return r.File, body, nil
}

// ClaimFiles leases files that are still at the peer and due to be fetched. Two nodes never get the same one.
func (s *Store) ClaimFiles(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]bot.FileJob, error) {
	var rows []struct {
		bot.FileJob
		Source []byte `db:"source"`
	}
	err := s.write(ctx, func(t *tx) error {
		rows = nil
		return t.sel(&rows, "attachment_claim", now.UnixMilli(), now.Add(lease).UnixMilli(), limit)
	})
	if err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	out := make([]bot.FileJob, 0, len(rows))
	for _, r := range rows {
		plain, err := s.vault.open("attachment:"+r.ID, r.Source)
		if err == nil {
			err = json.Unmarshal(plain, &r.Media)
		}
		if err != nil {
			return nil, fmt.Errorf("file %s: %w", r.ID, err)
		}
		out = append(out, r.FileJob)
	}
	return out, nil
}

// FinishFile keeps what was fetched, sealed, or says why there is nothing to keep; state new means: again, not before next.
func (s *Store) FinishFile(ctx context.Context, f bot.File, body []byte, next time.Time) error {
	var sealed []byte
	if len(body) > 0 {
		sealed = s.vault.seal("file:"+f.ID, body)
	}
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec("attachment_done", f.ID, f.State, f.Mime, sealed, f.Size, f.Fault, next.UnixMilli())
		return err
	})
}
