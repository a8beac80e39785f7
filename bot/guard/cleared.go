package guard

import (
	"context"
	"errors"
)

// Entry is the audit record of one attempt to send. The ledger writes it before a Cleared exists.
type Entry struct {
	Draft   Draft
	Verdict Verdict
	Facts   Facts
}

// Recorded is what the ledger answers: the clearance and, for a passed draft, its place in the transcript.
type Recorded struct {
	ClearanceID string
	MessageID   string
	Seq         int64 // gapless per conversation
}

// Ledger keeps the audit. Record must be durable when it returns: with the database down nothing goes out.
// For a passed draft it also gives the message its row and sequence number, in the same transaction;
// recording the same draft id again returns the first Recorded of a passed draft.
type Ledger interface {
	Record(context.Context, Entry) (Recorded, error)
}

// Cleared is a text that may leave: to one recipient, once, now. Only Filter.Clear makes one; it is never stored.
type Cleared struct {
	rec   Recorded
	draft Draft
}

// ErrNotCleared is what a channel answers to a Cleared that no filter made.
var ErrNotCleared = errors.New("guard: not cleared")

// Made fails for the zero Cleared, the one value that can be written outside this package. Every channel asks first.
func (c Cleared) Made() error {
	if c.rec.ClearanceID == "" {
		return ErrNotCleared
	}
	return nil
}

func (c Cleared) ClearanceID() string { return c.rec.ClearanceID }
func (c Cleared) MessageID() string   { return c.rec.MessageID }
func (c Cleared) Seq() int64          { return c.rec.Seq }
func (c Cleared) To() Recipient       { return c.draft.To }
func (c Cleared) Author() Author      { return c.draft.Author }
func (c Cleared) AgentID() string     { return c.draft.AgentID }
func (c Cleared) Kind() Kind          { return c.draft.Kind }
func (c Cleared) Lang() string        { return c.draft.Lang }

// Parts is a copy: nobody can change what was cleared.
func (c Cleared) Parts() []Part { return snapshot(c.draft).Parts }
