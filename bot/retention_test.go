package bot_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"hejie/bot"
)

const keepRules = `version: v
rules:
  - {id: all, kinds: [image, voice, video, file], keep: 30d, from: talk, unless: [case, hold], basis: b}
examples:
  - {kind: image, on: 2026-03-01, came: 2026-01-01, talk: 2026-01-01, over: true}
`

// Rules that are wrong, or contradict their own examples, stop the start.
func TestWrongRetentionIsRefused(t *testing.T) {
	if _, err := bot.ParseRetention([]byte(keepRules)); err != nil {
		t.Fatal(err)
	}
	for name, swap := range map[string][2]string{
		"unknown key": {"version: v", "version: v\nextra: 1"}, "kind without a rule": {"image, voice", "image"}, "unknown kind": {"[image,", "[fax, image,"},
		"no time": {"30d", "30"}, "no time at all": {"30d", `""`}, "ever": {"30d", "0d"}, "unknown start": {"from: talk", "from: ever"}, "no hold": {"[case, hold]", "[case]"},
		"unknown stop": {"[case, hold]", "[case, hold, mood]"}, "no basis": {"basis: b", `basis: ""`}, "no version": {"version: v", `version: ""`},
		"example": {"over: true", "over: false"}, "example's day": {"on: 2026-03-01", "on: soon"},
	} {
		bad := strings.Replace(keepRules, swap[0], swap[1], 1)
		if _, err := bot.ParseRetention([]byte(bad)); err == nil || bad == keepRules {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A picture goes half a year after the last word; a recording stays for years; nothing goes while a case is open.
func TestOldFilesAreForgotten(t *testing.T) {
	ctx := context.Background()
	h, p := withAble(t, "wechat", oa)
	p.files = map[string][]byte{"pic": []byte("\x89PNG\r\n\x1a\n made-up picture"), "voice": []byte("#!AMR\nmade-up")}
	for _, kind := range []string{"image", "voice"} {
		arrivals++
		h.arrive(p.post, bot.Arrival{Channel: "wechat", Account: "main", ExtID: fmt.Sprint("r", arrivals), From: openid, At: h.now, Kind: kind,
			Media: []bot.Media{{Kind: kind, ID: map[string]string{"image": "pic", "voice": "voice"}[kind]}}})
	}
	must(t, h.FetchFiles(ctx))
	states := func(want string) {
		t.Helper()
		list, err := h.Files(ctx, h.conv)
		must(t, err)
		var got []string
		for _, f := range list {
			got = append(got, f.Kind+" "+f.State)
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%v, want %s", got, want)
		}
	}
	forget := func(want int) {
		t.Helper()
		if n, err := h.ForgetFiles(ctx); err != nil || n != want {
			t.Errorf("%d deleted, want %d (%v)", n, want, err)
		}
	}
	h.now = h.now.Add(170 * 24 * time.Hour)
	forget(0)
	h.write(p.post, openid, "我要投诉你们") // opens a case
	h.now = h.now.Add(400 * 24 * time.Hour)
	forget(0)
	states("image kept, voice kept")
	for _, c := range h.cases("") {
		must(t, h.store.CloseCase(ctx, h.cred, c.ConvID, c.ID, "agent:lin", "done"))
	}
	holds, err := h.store.HoldsStanding(ctx, h.cred, "", 100)
	must(t, err)
	for _, x := range holds {
		must(t, h.store.LiftHold(ctx, x.ID, "agent:lin", "done"))
	}
	h.now = h.now.Add(190 * 24 * time.Hour)
	forget(1)
	states("image gone, voice kept")
	h.now = h.now.Add(6 * 365 * 24 * time.Hour)
	forget(1)
	states("image gone, voice gone")
}
