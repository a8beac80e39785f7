package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"

	"hejie/bot"
	"hejie/flows"
)

type tenantRow struct {
	ID             string `db:"id"`
	Name           string `db:"name"`
	Collector      string `db:"collector"`
	Hotline        string `db:"hotline"`
	Website        string `db:"website"`
	PayURL         string `db:"pay_url"`
	Profile        string `db:"profile"`
	HostSecret     []byte `db:"host_secret"`
	FrameAncestors string `db:"frame_ancestors"`
}

func (r tenantRow) tenant() (bot.Tenant, error) {
	t := bot.Tenant{
		Creditor:   flows.Creditor{ID: r.ID, Name: r.Name, Collector: r.Collector, Hotline: r.Hotline, Website: r.Website, PayURL: r.PayURL, Profile: r.Profile},
		HostSecret: r.HostSecret,
	}
	if t.Collector == "" {
		t.Collector = t.Name
	}
	if err := json.Unmarshal([]byte(r.FrameAncestors), &t.FrameAncestors); err != nil {
		return t, fmt.Errorf("creditor %s: frame ancestors: %w", r.ID, err)
	}
	return t, nil
}

// Tenant loads one creditor. ErrNotFound.
func (s *Store) Tenant(ctx context.Context, id string) (bot.Tenant, error) {
	return s.tenant(ctx, "creditor", id)
}

// TenantByName finds a creditor by the name its portfolio files use. ErrNotFound.
func (s *Store) TenantByName(ctx context.Context, name string) (bot.Tenant, error) {
	return s.tenant(ctx, "creditor_by_name", name)
}

func (s *Store) tenant(ctx context.Context, query, key string) (bot.Tenant, error) {
	var r tenantRow
	if err := s.get(ctx, &r, query, key); err != nil {
		return bot.Tenant{}, fmt.Errorf("creditor %s: %w", key, found(err))
	}
	return r.tenant()
}

// Tenants lists all creditors by name.
func (s *Store) Tenants(ctx context.Context) ([]bot.Tenant, error) {
	var rows []tenantRow
	if err := s.sel(ctx, &rows, "creditors"); err != nil {
		return nil, fmt.Errorf("creditors: %w", err)
	}
	out := make([]bot.Tenant, len(rows))
	for i, r := range rows {
		t, err := r.tenant()
		if err != nil {
			return nil, err
		}
		out[i] = t
	}
	return out, nil
}

// SaveTenant adds or changes a creditor. Without a host secret it gets a random one. ErrConflict when the name is another's.
func (s *Store) SaveTenant(ctx context.Context, t bot.Tenant) error {
	if len(t.HostSecret) > 0 && len(t.HostSecret) < 32 {
		return fmt.Errorf("creditor %s: the host secret needs at least 32 bytes", t.Name)
	}
	err := s.write(ctx, func(w *tx) error { return w.saveTenant(t) })
	if isUnique(err) {
		return fmt.Errorf("creditor %s: the name is taken: %w", t.Name, bot.ErrConflict)
	}
	return err
}

func (t *tx) saveTenant(c bot.Tenant) error {
	if len(c.HostSecret) == 0 {
		var known tenantRow
		if err := t.get(&known, "creditor", c.ID); err == nil {
			c.HostSecret = known.HostSecret
		} else {
			c.HostSecret = newSecret()
		}
	}
	if c.FrameAncestors == nil {
		c.FrameAncestors = []string{}
	}
	frames, err := toJSON(c.FrameAncestors)
	if err != nil {
		return err
	}
	if _, err := t.exec("creditor_put", c.ID, c.Name, c.Collector, c.Hotline, c.Website, c.PayURL, c.Profile, c.HostSecret, frames, t.now); err != nil {
		return err
	}
	_, err = t.audit("creditor", "system", "", nil, c) // the secret has no JSON form
	return err
}

func newSecret() []byte {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails: it would rather end the program
	return b
}
