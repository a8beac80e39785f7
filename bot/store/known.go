package store

import (
	"context"
	"fmt"

	"hejie/bot"
)

// Debtor is what tells a person by, for the console's panel. ErrNotFound.
func (s *Store) Debtor(ctx context.Context, creditorID, id string) (bot.KnownDebtor, error) {
	cf, err := s.CaseFile(ctx, creditorID, id)
	if err != nil {
		return bot.KnownDebtor{}, fmt.Errorf("debtor: %w", err)
	}
	all, err := s.FindDebtors(ctx, creditorID, cf.Debtor.Name, "", "")
	if err != nil {
		return bot.KnownDebtor{}, fmt.Errorf("debtor: %w", err)
	}
	for _, d := range all {
		if d.ID == id {
			return d, nil
		}
	}
	return bot.KnownDebtor{}, bot.ErrNotFound
}
