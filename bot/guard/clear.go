package guard

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// ErrStopped: the draft was judged and may not leave; the verdict says why.
var ErrStopped = errors.New("guard: stopped")

// Clear judges a draft, records the attempt, and only then makes it sendable. The order is the point: with no audit record
// there is no Cleared. Stopped drafts are recorded too. Any error or panic on the way means nothing is cleared.
func (f *Filter) Clear(ctx context.Context, d Draft, facts Facts) (c Cleared, v Verdict, err error) {
	defer func() {
		if p := recover(); p != nil {
			c, err = Cleared{}, fmt.Errorf("guard: clearing %s: panic: %v", d.ID, p)
		}
	}()
	if f.ledger == nil {
		return Cleared{}, Verdict{Decision: Block, Ruleset: f.rs.Version}, errors.New("guard: no ledger, nothing can be cleared")
	}
	d = snapshot(d)
	v = f.Check(d, facts)
	f.shadow.offer(f, d, facts, v)
	if d.Kind == Recalled {
		return Cleared{}, v, fmt.Errorf("guard: %s: history is shown by Recall, not sent again", d.ID)
	}
	rec, err := f.ledger.Record(ctx, Entry{Draft: d, Verdict: v, Facts: facts})
	if err != nil {
		return Cleared{}, v, fmt.Errorf("guard: audit of %s: %w", d.ID, err)
	}
	if v.Decision != Pass {
		return Cleared{}, v, ErrStopped
	}
	if rec.ClearanceID == "" {
		return Cleared{}, v, fmt.Errorf("guard: audit of %s gave no clearance", d.ID)
	}
	return Cleared{rec: rec, draft: d}, v, nil
}

// Recall shows a message again that was cleared once: history after a reconnect, an agreement opened later. Wording is not
// judged anew, for it was said; who looks is: a part with debt facts never goes to a session that is not verified.
func (f *Filter) Recall(d Draft, rec Recorded, facts Facts) (c Cleared, ok bool) {
	defer func() {
		if p := recover(); p != nil {
			c, ok = Cleared{}, false
		}
	}()
	if rec.ClearanceID == "" || d.To.ConversationID == "" {
		return Cleared{}, false
	}
	d = snapshot(d)
	d.Kind = Recalled
	if facts.Identity != Verified && f.rs.tellsDebt(&d, &facts) {
		return Cleared{}, false
	}
	return Cleared{rec: rec, draft: d}, true
}

// snapshot copies what a caller could still change while we judge.
func snapshot(d Draft) Draft {
	d.Parts = slices.Clone(d.Parts)
	for i := range d.Parts {
		d.Parts[i].Data = slices.Clone(d.Parts[i].Data)
	}
	d.Figures = slices.Clone(d.Figures)
	return d
}
