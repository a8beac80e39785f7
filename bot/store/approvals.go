package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"hejie/bot"
	"hejie/flows/arrange"
)

// PendingApprovals lists offers that a debtor or an agent asked for and only a person may allow, by deadline.
func (s *Store) PendingApprovals(ctx context.Context, creditorID string, limit int) ([]bot.PendingApproval, error) {
	var rows []struct {
		bot.PendingApproval
		Terms string `db:"terms"`
	}
	if err := s.sel(ctx, &rows, "approvals_pending", creditorID, limit); err != nil {
		return nil, fmt.Errorf("approvals: %w", err)
	}
	out := make([]bot.PendingApproval, 0, len(rows))
	for _, r := range rows {
		if err := json.Unmarshal([]byte(r.Terms), &r.Offer); err != nil {
			return nil, fmt.Errorf("approvals: offer of %s: %w", r.ConvID, err)
		}
		out = append(out, r.PendingApproval)
	}
	return out, nil
}

// Approvals lists a conversation's requests for approval with how they ended, newest first.
func (s *Store) Approvals(ctx context.Context, convID string) ([]bot.Approval, error) {
	var rows []struct {
		bot.Approval
		Outcome string `db:"outcome"`
		OfferID string `db:"offer_id"`
		Terms   string `db:"terms"`
	}
	if err := s.sel(ctx, &rows, "approvals_of", convID); err != nil {
		return nil, fmt.Errorf("approvals: %w", err)
	}
	out := make([]bot.Approval, 0, len(rows))
	for _, r := range rows {
		a := r.Approval
		a.DecidedBy = strings.TrimPrefix(a.DecidedBy, "agent:")
		if a.State != "open" {
			word, rest, _ := strings.Cut(r.Outcome, " ")
			id, reason, _ := strings.Cut(rest, ": ")
			switch {
			case word != "approved" && word != "refused": // closed as plain work, by other words
				a.Reason = r.Outcome
			case id != r.OfferID: // the decision was on another offer of the case
				continue
			default:
				a.State, a.Reason = word, reason
			}
		}
		if err := json.Unmarshal([]byte(r.Terms), &a.Offer); err != nil {
			return nil, fmt.Errorf("approvals: offer %s: %w", r.OfferID, err)
		}
		out = append(out, a)
	}
	return out, nil
}

// Drafted tells whether a text of this id was ever queued or held.
func (s *Store) Drafted(ctx context.Context, draftID string) (bool, error) {
	var n int
	if err := s.get(ctx, &n, "outbox_exists", draftID); err != nil {
		return false, fmt.Errorf("draft: %w", err)
	}
	return n > 0, nil
}

// decide closes the case with a person's decision on one of its offers. The debtor's own consent is still needed: nothing is agreed
// here. ErrNotFound, ErrConflict: decided before.
func (t *tx) decide(d bot.ApprovalDecision) error {
	p := d.Pending
	if err := t.closeCase(p.ConvID, p.CaseID, d.By, fmt.Sprintf("%s %s: %s", d.Word(), p.Offer.ID, d.Reason)); err != nil {
		return err
	}
	_, err := t.audit("approval", d.By, p.ConvID, nil, struct {
		Case     string        `json:"case"`
		Decision string        `json:"decision"`
		Reason   string        `json:"reason"`
		Offer    arrange.Offer `json:"offer"`
	}{p.CaseID, d.Word(), d.Reason, p.Offer})
	return err
}
