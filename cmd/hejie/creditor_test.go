package main

import (
	"context"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"hejie/bot"
	"hejie/bot/store"
	"hejie/flows"
)

func TestCreditorCommand(t *testing.T) {
	db := "sqlite:" + filepath.Join(t.TempDir(), "x.db")
	ctx := context.Background()
	st, err := store.Open(ctx, db)
	sound(t, err)
	sound(t, st.SaveTenant(ctx, bot.Tenant{Creditor: flows.Creditor{ID: "c1", Name: "安和消费金融", Profile: "FI"}}))
	sound(t, st.Shutdown())

	code, out, errs := hejie(t, "", "creditor", "set", "c1", "--db", db, "--hotline", "400-000-0000", "--website", "https://www.example.com",
		"--portal", "https://a.example.com", "--portal", "https://b.example.com", "--new-secret")
	if code != exitGood {
		t.Fatal(code, errs)
	}
	secret := regexp.MustCompile(`[0-9a-f]{64}`).FindString(out)
	wantRun(t, exitGood, "saved", "", "creditor", "set", "c1", "--db", db, "--pay-url", "https://pay.example.com") // the rest stays
	st, err = store.Open(ctx, db)
	sound(t, err)
	got, err := st.Tenant(ctx, "c1")
	sound(t, err)
	sound(t, st.Shutdown())
	if got.Hotline != "400-000-0000" || got.Website != "https://www.example.com" || got.PayURL != "https://pay.example.com" || got.Profile != "FI" ||
		string(got.HostSecret) != secret || len(secret) != 64 || strings.Join(got.FrameAncestors, " ") != "https://a.example.com https://b.example.com" {
		t.Fatalf("%+v, secret %q", got, secret)
	}

	code, out, _ = hejie(t, "", "creditor", "list", "--db", db)
	if code != exitGood || !strings.Contains(out, "c1") || !strings.Contains(out, "安和消费金融") || strings.Contains(out, secret) {
		t.Fatal(code, out)
	}
	for _, args := range [][]string{{"c1", "--portal", "https://*.example.com"}, {"c1", "--website", "www"}} {
		if code, _, errs := hejie(t, "", append([]string{"creditor", "set", "--db", db}, args...)...); code != exitUsage {
			t.Error(args, code, errs)
		}
	}
	if code, _, errs := hejie(t, "", "creditor", "set", "nobody", "--db", db); code != exitFails || !strings.Contains(errs, "nobody") {
		t.Error(code, errs)
	}
}
