package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hejie/bot"
)

var _ bot.Deliveries = (*Store)(nil)

// AcceptInbound stores what came in, all or nothing, and moves the cursor if there is one. The peer's id makes a repeat a duplicate.
func (s *Store) AcceptInbound(ctx context.Context, in []bot.Arrival, c *bot.Cursor, nowMS int64) (fresh int, err error) {
	type row struct {
		id, ext, lane string
		sealed        []byte
	}
	rows := make([]row, len(in))
	for i, a := range in {
		raw, err := json.Marshal(a)
		if err != nil {
			return 0, fmt.Errorf("inbox: %w", err)
		}
		id := newID()
		rows[i] = row{id: id, ext: s.vault.hash("ext", a.Channel, a.Account, a.ExtID), lane: s.vault.hash("lane", a.Channel, a.Account, a.From), sealed: s.vault.seal("inbox:"+id, raw)}
	}
	err = s.write(ctx, func(t *tx) error {
		fresh = 0
		for i, r := range rows {
			n, err := t.exec("inbox_insert", r.id, in[i].Channel, in[i].Account, r.ext, r.lane, r.sealed, nowMS)
			if err != nil {
				return err
			}
			fresh += int(n)
		}
		if c != nil {
			if _, err := t.exec("cursor_put", c.Channel, c.Account, c.Name, c.Value, nowMS); err != nil {
				return err
			}
		}
		if fresh > 0 {
			t.wake(bot.Wake{What: "inbox"})
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("inbox: %w", err)
	}
	return fresh, nil
}

// Cursor is how far an account was read; empty at first.
func (s *Store) Cursor(ctx context.Context, channel, account, name string) (v string, err error) {
	err = s.get(ctx, &v, "cursor_get", channel, account, name)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return v, err
}

type claimedInbox struct {
	ID       string `db:"id"`
	Channel  string `db:"channel"`
	Account  string `db:"account"`
	Raw      []byte `db:"raw"`
	Attempts int    `db:"attempts"`
}

// ClaimInbox leases the oldest unworked row of each sender. Two nodes never get the same row.
func (s *Store) ClaimInbox(ctx context.Context, owner string, now time.Time, lease time.Duration, limit int) ([]bot.InboxRow, error) {
	var rows []claimedInbox
	err := s.write(ctx, func(t *tx) error {
		rows = nil
		return t.sel(&rows, "inbox_claim", owner, now.Add(lease).UnixMilli(), now.UnixMilli(), limit)
	})
	if err != nil {
		return nil, fmt.Errorf("inbox: %w", err)
	}
	slices.SortFunc(rows, func(a, b claimedInbox) int { return strings.Compare(a.ID, b.ID) })
	out := make([]bot.InboxRow, 0, len(rows))
	for _, r := range rows {
		row := bot.InboxRow{ID: r.ID, Attempts: r.Attempts}
		plain, err := s.vault.open("inbox:"+r.ID, r.Raw)
		if err == nil {
			err = json.Unmarshal(plain, &row.Arrival)
		}
		if err != nil { // one row that cannot be read must not stop the others
			if err := s.FailInbox(ctx, r.ID, owner, err.Error(), now, true); err != nil {
				return nil, err
			}
			continue
		}
		out = append(out, row)
	}
	return out, nil
}

// FailInbox gives a row back until a time, or, dead, to people.
func (s *Store) FailInbox(ctx context.Context, id, owner, fault string, next time.Time, dead bool) error {
	state := "new"
	if dead {
		state = "dead"
	}
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec("inbox_fail", id, owner, state, fault, next.UnixMilli())
		return err
	})
}

// CommitInbox makes one inbound thing true: address, conversation, message, window, what it sets free and what it stops.
// done is false when another node did it already; ErrConflict: the address or its conversation changed meanwhile.
func (s *Store) CommitInbox(ctx context.Context, c bot.InboxCommit) (done bool, err error) {
	err = s.write(ctx, func(t *tx) error {
		done, err = t.commitInbox(c)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("inbox %s: %w", c.ID, err)
	}
	return done, nil
}

var empty = []byte{}

func (t *tx) commitInbox(c bot.InboxCommit) (bool, error) {
	n, err := t.exec("inbox_done", c.ID, c.Owner, c.ConvID, empty)
	if err != nil || n == 0 {
		return false, err
	}
	a, err := t.settleAddress(&c)
	if err != nil {
		return false, err
	}
	if err := t.inboxConversation(c, a); err != nil {
		return false, err
	}
	if err := t.identify(c, a); err != nil {
		return false, err
	}
	if err := t.deskMoved(c); err != nil {
		return false, err
	}
	if err := t.said(c); err != nil {
		return false, err
	}
	if c.Outside == nil {
		if err := t.unpark(c); err != nil {
			return false, err
		}
	}
	if err := t.refusals(c, a); err != nil {
		return false, err
	}
	if c.Resume != "" {
		if err := t.resume(c, a); err != nil {
			return false, err
		}
	}
	if len(c.Say) > 0 {
		if _, err := t.lockTurn(c.ConvID, c.NowMS); err != nil {
			return false, err
		}
	}
	for _, o := range c.Say {
		if err := t.enqueue(o, c.NowMS); err != nil {
			return false, err
		}
	}
	return true, nil
}

// said writes the message with its files.
func (t *tx) said(c bot.InboxCommit) error {
	if c.Message == nil {
		return nil
	}
	m := *c.Message
	m.ConvID = c.ConvID
	if c.NoTurn {
		m.State = "done"
	}
	if c.Outside != nil {
		var err error
		if m.ClearanceID, err = t.heardOutside(c); err != nil {
			return err
		}
	}
	if _, err := t.appendInbound(m, sql.NullString{}); errors.Is(err, bot.ErrClosed) {
		return bot.ErrConflict // closed meanwhile: the next look opens a new one
	} else if err != nil {
		return err
	}
	return t.attach(c)
}

// settleAddress finds or makes the address's row, locks it, and sees that it still stands as it was read.
func (t *tx) settleAddress(c *bot.InboxCommit) (lockedAddress, error) {
	if err := t.putAddress(c.Address, c.NowMS); err != nil { // no effect on a known one
		return lockedAddress{}, err
	}
	var r addressRow
	if err := t.get(&r, "address_of", c.Address.Channel, c.Address.Account, t.store.numberHash(c.Address.Channel, c.Address.Number)); err != nil {
		return lockedAddress{}, found(err)
	}
	if r.ID != c.Address.ID { // another node made it first, and drafts of the welcome name ours
		return lockedAddress{}, bot.ErrConflict
	}
	a, err := t.lockAddress(r.ID)
	if err != nil {
		return a, err
	}
	if a.ConvID != c.WasConv {
		return a, bot.ErrConflict
	}
	return a, nil
}

func (t *tx) inboxConversation(c bot.InboxCommit, a lockedAddress) error {
	if c.Open != nil {
		if err := t.insertConversation(*c.Open); err != nil {
			return err
		}
	}
	if c.ConvID != "" && c.ConvID != a.ConvID {
		if _, err := t.exec("address_conv", c.Address.ID, c.ConvID); err != nil {
			return err
		}
	}
	if c.Follow {
		if _, err := t.exec("conversation_route", c.ConvID, c.Address.Channel, c.Address.ID); err != nil {
			return err
		}
	}
	if c.Grant == nil {
		return nil
	}
	left := int64(c.Grant.Messages)
	if left == 0 {
		left = -1
	}
	_, err := t.exec("address_window", c.Address.ID, left, c.Grant.Until.UnixMilli(), c.Grant.Code, c.Grant.Kept)
	return err
}

// deskMoved notes who serves at the peer's own desk; a message after its end begins anew.
func (t *tx) deskMoved(c bot.InboxCommit) error {
	to := c.Desk
	if to == "" && (c.Message == nil || c.Address.Desk != "ended") {
		return nil
	}
	_, err := t.exec("address_desk", c.Address.ID, to)
	return err
}

func (t *tx) attach(c bot.InboxCommit) error {
	for _, m := range c.Media {
		id := newID()
		src, err := json.Marshal(m)
		if err != nil {
			return err
		}
		if _, err := t.exec("attachment_insert", id, c.ConvID, c.Message.ID, c.Address.Channel, c.Address.Account, m.Kind, t.store.vault.seal("attachment:"+id, src), c.NowMS); err != nil {
			return err
		}
	}
	return nil
}

// unpark: the person wrote, so what waited for that may go, after it is judged again; what is no longer worth saying is dropped.
func (t *tx) unpark(c bot.InboxCommit) error {
	if _, err := t.exec("outbox_unpark", c.Address.ID, c.NowMS); err != nil {
		return err
	}
	var dropped []string
	if err := t.sel(&dropped, "outbox_unpark_drop", c.Address.ID, c.NowMS); err != nil {
		return err
	}
	return t.suppressed(dropped, "too_late", c.NowMS)
}
