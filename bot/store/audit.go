package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"hejie/bot"
	"hejie/bot/guard"
)

// line is one record of the hash chain as it is stored. Verdict and detail are kept as the very text that was hashed.
type line struct {
	N        int64  `db:"n"`
	ID       string `db:"id"`
	AtMS     int64  `db:"at_ms"`
	Kind     string `db:"kind"`
	Actor    string `db:"actor"`
	ConvID   string `db:"conv_id"`
	Verdict  string `db:"verdict"`
	Detail   string `db:"detail"`
	PrevHash string `db:"prev_hash"`
	Hash     string `db:"hash"`
}

// sum hashes every field with its length before it, so that no two records have the same text.
func (l line) sum() string {
	h := sha256.New()
	for _, f := range []string{l.PrevHash, fmt.Sprint(l.N), l.ID, fmt.Sprint(l.AtMS), l.Kind, l.Actor, l.ConvID, l.Verdict, l.Detail} {
		fmt.Fprintf(h, "%d:%s\n", len(f), f) // a hash never fails to write
	}
	return hex.EncodeToString(h.Sum(nil))
}

// audit adds one line to what this write will record.
func (t *tx) audit(kind, actor, convID string, v *guard.Verdict, detail any) (id string, err error) {
	l := line{ID: newID(), AtMS: t.now, Kind: kind, Actor: actor, ConvID: convID}
	if v != nil {
		if l.Verdict, err = toJSON(v); err != nil {
			return "", err
		}
	}
	if detail != nil {
		if l.Detail, err = toJSON(detail); err != nil {
			return "", err
		}
	}
	t.lines = append(t.lines, l)
	return l.ID, nil
}

// flushAudit chains the lines of this write to the end. The head row is locked first: two nodes cannot fork the chain.
func (t *tx) flushAudit() error {
	if len(t.lines) == 0 {
		return nil
	}
	var head struct {
		N    int64
		Hash string
	}
	if err := t.get(&head, "audit_head_lock"); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	for _, l := range t.lines {
		l.N, l.PrevHash = head.N+1, head.Hash
		l.Hash = l.sum()
		if _, err := t.exec("audit_insert", l.N, l.ID, l.AtMS, l.Kind, l.Actor, l.ConvID, l.Verdict, l.Detail, l.PrevHash, l.Hash); err != nil {
			return fmt.Errorf("audit: %w", err)
		}
		head.N, head.Hash = l.N, l.Hash
	}
	return nil
}

// LogAudit appends one line to the chain outside a send.
func (s *Store) LogAudit(ctx context.Context, kind, actor, convID string, detail any) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.audit(kind, actor, convID, nil, detail)
		return err
	})
}

// Audit lists lines with n > after, oldest first; an empty convID means all conversations.
func (s *Store) Audit(ctx context.Context, convID string, after int64, limit int) ([]bot.AuditLine, error) {
	var rows []line
	var err error
	if convID == "" {
		err = s.sel(ctx, &rows, "audit_after", after, limit)
	} else {
		err = s.sel(ctx, &rows, "audit_after_conv", convID, after, limit)
	}
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	out := make([]bot.AuditLine, len(rows))
	for i, l := range rows {
		out[i] = bot.AuditLine{N: l.N, ID: l.ID, AtMS: l.AtMS, Kind: l.Kind, Actor: l.Actor, ConvID: l.ConvID, Detail: l.Detail, Hash: l.Hash, PrevHash: l.PrevHash}
		if l.Verdict != "" {
			if err := json.Unmarshal([]byte(l.Verdict), &out[i].Verdict); err != nil {
				return nil, fmt.Errorf("audit line %d: verdict: %w", l.N, err)
			}
		}
	}
	return out, nil
}

// VerifyAudit walks the whole chain. n is the number of lines that hold; firstBad is the first number that does not
// (changed, missing, cut off at the end), 0 when the chain is sound.
func (s *Store) VerifyAudit(ctx context.Context) (n, firstBad int64, err error) {
	const page = 1000
	var head line // read first: lines that are added meanwhile come after it
	if err := s.get(ctx, &head, "audit_head"); err != nil {
		return 0, 0, fmt.Errorf("audit: %w", err)
	}
	prev := ""
	for {
		var rows []line
		if err := s.sel(ctx, &rows, "audit_after", n, page); err != nil {
			return n, 0, fmt.Errorf("audit: %w", err)
		}
		for _, l := range rows {
			if l.N != n+1 || l.PrevHash != prev || l.Hash != l.sum() || l.N == head.N && l.Hash != head.Hash {
				return n, n + 1, nil
			}
			n, prev = l.N, l.Hash
		}
		if len(rows) == page {
			continue
		}
		if n < head.N {
			return n, n + 1, nil
		}
		return n, 0, nil
	}
}

func toJSON(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("store: %w", err)
	}
	return string(b), nil
}
