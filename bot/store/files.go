package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"hejie/bot"
	"hejie/flows/calendar"
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
		_, err := t.exec("attachment_done", f.ID, f.State, f.Mime, sealed, f.Size, f.Fault, next.UnixMilli(), empty)
		return err
	})
}

// OldFiles lists kept files that came before a time, oldest first, with what decides over each; last is the last one seen.
func (s *Store) OldFiles(ctx context.Context, before time.Time, last bot.FileAge, limit int) ([]bot.FileAge, error) {
	var out []bot.FileAge
	if err := s.sel(ctx, &out, "old_files", before.UnixMilli(), last.CreatedMS, last.ID, calendar.DateOf(s.now()), limit); err != nil {
		return nil, fmt.Errorf("old files: %w", err)
	}
	return out, nil
}

// DeleteFile drops a kept file's content for good; the row says when and why, and so does the audit. done is false where an open case or
// a hold stands, or it is gone already.
func (s *Store) DeleteFile(ctx context.Context, id string, by bot.DeletedBy, now time.Time) (done bool, err error) {
	err = s.write(ctx, func(t *tx) error {
		var f struct {
			ConvID string `db:"conv_id"`
			Kind   string `db:"kind"`
			Mime   string `db:"mime"`
			Size   int64  `db:"size"`
		}
		done = false
		err := t.get(&f, "attachment_delete", id, "deleted, its time was over (rule "+by.Rule+")", now.UnixMilli(), empty, calendar.DateOf(s.now()))
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		done = true
		_, err = t.audit("file_deleted", "system", f.ConvID, nil, map[string]any{"file": id, "kind": f.Kind, "mime": f.Mime, "size": f.Size, "by": by})
		return err
	})
	if err != nil {
		return false, fmt.Errorf("file %s: %w", id, err)
	}
	return done, nil
}
