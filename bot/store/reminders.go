package store

import (
	"context"
	"fmt"

	"hejie/bot"
	"hejie/flows/calendar"
)

var _ bot.Reminders = (*Store)(nil)

// DueOn lists instalments of running plans and open promises that fall due on a day and have no reminder yet, by key.
func (s *Store) DueOn(ctx context.Context, day calendar.Date, after string, limit int) ([]bot.DueSoon, error) {
	var out []bot.DueSoon
	if err := s.sel(ctx, &out, "due_on", day, after, limit); err != nil {
		return nil, fmt.Errorf("due on %s: %w", day, err)
	}
	return out, nil
}

// CareDue lists, by debtor, who has a verified conversation and no care message of this name in the outbox.
func (s *Store) CareDue(ctx context.Context, name, after string, limit int) ([]bot.DueSoon, error) {
	var out []bot.DueSoon
	if err := s.sel(ctx, &out, "care_due", name, after, limit); err != nil {
		return nil, fmt.Errorf("care due: %w", err)
	}
	return out, nil
}
