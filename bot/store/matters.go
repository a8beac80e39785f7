package store

import (
	"context"
	"errors"
	"fmt"

	"hejie/bot"
	"hejie/flows/calendar"
)

// HoldsStanding lists holds that were not lifted and are not over, newest first.
func (s *Store) HoldsStanding(ctx context.Context, creditorID, subject string, limit int) ([]bot.HoldRow, error) {
	out := []bot.HoldRow{}
	if err := s.sel(ctx, &out, "holds_standing", creditorID, subject, calendar.DateOf(s.now()), limit); err != nil {
		return nil, fmt.Errorf("holds: %w", err)
	}
	return out, nil
}

// Hold loads one that was not lifted. ErrNotFound.
func (s *Store) Hold(ctx context.Context, id string) (bot.HoldRow, error) {
	var h bot.HoldRow
	if err := s.get(ctx, &h, "hold_one", id); err != nil {
		return h, fmt.Errorf("hold %s: %w", id, found(err))
	}
	return h, nil
}

// PlaceHold stops collection by a person's or an integrator's word. ErrNotFound: no such debtor or account of the creditor.
func (s *Store) PlaceHold(ctx context.Context, h bot.HoldPut) error {
	err := s.write(ctx, func(t *tx) error {
		subject := h.DebtorID
		if subject == "" && h.ConvID != "" && h.Scope == "debtor" {
			subject = convSubject(h.ConvID)
		} else if err := t.ownedBy(h); err != nil {
			return err
		}
		if h.Scope != "account" {
			h.AccountID = ""
		}
		if _, err := t.exec("hold_put", newID(), h.CreditorID, subject, h.AccountID, h.ConvID, h.Reason, h.Scope, h.Until, t.now); err != nil {
			return err
		}
		_, err := t.audit("hold", h.By, h.ConvID, nil, map[string]any{"debtor": h.DebtorID, "account": h.AccountID, "reason": h.Reason,
			"scope": h.Scope, "until": h.Until, "note": h.Note})
		return err
	})
	if err != nil {
		return fmt.Errorf("place hold: %w", err)
	}
	return nil
}

func (t *tx) ownedBy(h bot.HoldPut) error {
	var id string
	if err := t.get(&id, "debtor_owned", h.CreditorID, h.DebtorID); err != nil {
		return found(err)
	}
	if h.Scope != "account" {
		return nil
	}
	var a bookedRow
	if err := t.get(&a, "account_booked", h.CreditorID, h.AccountID); err != nil {
		return found(err)
	}
	if a.DebtorID != h.DebtorID {
		return bot.ErrNotFound
	}
	return nil
}

// LiftHold ends a hold by a named person's decision. ErrNotFound: it does not stand (any more).
func (s *Store) LiftHold(ctx context.Context, id, by, reason string) error {
	return s.write(ctx, func(t *tx) error {
		var h bot.HoldRow
		if err := t.get(&h, "hold_one", id); err != nil {
			return fmt.Errorf("hold %s: %w", id, found(err))
		}
		n, err := t.exec("hold_lift", id, t.now, by)
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("hold %s: %w", id, bot.ErrNotFound)
		}
		_, err = t.audit("hold_lifted", by, h.ConvID, nil, map[string]any{"hold": id, "debtor": h.DebtorID, "was": h.Reason, "scope": h.Scope, "reason": reason})
		return err
	})
}

// Cases lists work for people.
func (s *Store) Cases(ctx context.Context, f bot.CaseFilter) ([]bot.CaseRow, error) {
	out := []bot.CaseRow{}
	var err error
	if f.ByDue {
		err = s.sel(ctx, &out, "cases_by_due", f.CreditorID, f.State, f.Kind, f.Limit)
	} else {
		err = s.sel(ctx, &out, "cases_page", f.CreditorID, f.State, f.Kind, f.AfterMS, f.AfterID, f.Limit)
	}
	if err != nil {
		return nil, fmt.Errorf("cases: %w", err)
	}
	return out, nil
}

// CaseKind is what a case is about. ErrNotFound.
func (s *Store) CaseKind(ctx context.Context, convID, id string) (kind string, err error) {
	if err = s.get(ctx, &kind, "case_kind", convID, id); err != nil {
		return "", fmt.Errorf("case %s: %w", id, found(err))
	}
	return kind, nil
}

// CloseCase ends a case with its outcome. ErrNotFound; ErrConflict: closed before.
func (s *Store) CloseCase(ctx context.Context, creditorID, convID, id, by, outcome string) error {
	err := s.write(ctx, func(t *tx) error {
		var state string
		if err := t.get(&state, "case_state", convID, id, creditorID); err != nil {
			return found(err)
		}
		return t.closeCase(convID, id, by, outcome)
	})
	if err != nil {
		return fmt.Errorf("case %s: %w", id, err)
	}
	return nil
}

func (t *tx) closeCase(convID, id, by, outcome string) error {
	n, err := t.exec("case_close", convID, id, t.now, by, outcome)
	if err != nil {
		return err
	}
	if n == 0 {
		return bot.ErrConflict
	}
	_, err = t.audit("case_closed", by, convID, nil, map[string]string{"case": id, "outcome": outcome})
	return err
}

// Transfer gives a conversation to another agent. from empty: whoever holds it (a supervisor's decision).
func (s *Store) Transfer(ctx context.Context, convID, from, to, by string, nowMS int64) (out bot.Conversation, err error) {
	err = s.write(ctx, func(t *tx) error {
		c, err := t.lock(convID, nowMS)
		if err != nil {
			return err
		}
		switch {
		case c.Control == bot.Closed:
			return bot.ErrClosed
		case from != "" && (c.Control != bot.ByAgent || c.AgentID != from):
			return bot.ErrNotHolder
		}
		was := c.AgentID
		c.Control, c.AgentID, c.WaitingMS = bot.ByAgent, to, 0
		if _, err := t.exec("conversation_control", c.ID, c.Control, c.AgentID, c.WaitingMS, nowMS); err != nil {
			return err
		}
		c.Version++
		out = c
		_, err = t.audit("control", by, convID, nil, map[string]any{"what": "transfer", "from": was, "to": to})
		return err
	})
	if err != nil {
		return bot.Conversation{}, fmt.Errorf("transfer: %w", err)
	}
	return out, nil
}

// AgentsActive lists who can hold a conversation.
func (s *Store) AgentsActive(ctx context.Context) ([]bot.AgentUser, error) {
	out := []bot.AgentUser{}
	if err := s.sel(ctx, &out, "agents_active"); err != nil {
		return nil, errors.Join(errors.New("store: agents"), err)
	}
	return out, nil
}
