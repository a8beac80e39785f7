package main

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"hejie/bot/store/pgtest"
	"hejie/flows"
	"hejie/prompts"
)

// TestMainJobOnPostgreSQL: the same job on the other database, by websocket and by plain HTTP.
func TestMainJobOnPostgreSQL(t *testing.T) {
	s := startSite(t, pgtest.URL(t), nil)
	if d := s.core.store.Dialect(); d != "postgres" {
		t.Fatalf("served from %s", d)
	}
	tab := s.openTab(s.signIn("d-zhangwei"))
	settle(t, s, tab)
	checkExport(t, s, tab)
	checkWords(t, s, tab)
	checkReminder(t, s, tab)
	overHTTP(t, s)
	s.auditHolds()
}

// checkReminder: the day before the first instalment its reminder arrives, once.
func checkReminder(t *testing.T, s *site, tab *chatTab) {
	t.Helper()
	cf, err := s.core.bot.CaseFile(t.Context(), tab.ses.Conv)
	if err != nil || len(cf.Arrangements) != 1 {
		t.Fatalf("arrangements %+v, %v", cf.Arrangements, err)
	}
	plan := cf.Arrangements[0]
	eve := plan.NextDue.AddDays(-1).In(cf.Zone).Add(10 * time.Hour)
	head := s.head(tab.ses.Conv)
	for _, want := range []int{1, 0} {
		if n, err := s.core.bot.RemindDue(t.Context(), eve); err != nil || n != want {
			t.Fatalf("%d reminders, want %d, %v", n, want, err)
		}
	}
	got := tab.until("the reminder", func(f chatFrame) bool { return f.Seq > head }).msg(t)
	if want := prompts.Money("zh-Hans", "CNY", int64(plan.Amount)); !strings.Contains(got.Text, want) {
		t.Errorf("%q does not say %s", got.Text, want)
	}
}

// overHTTP plays a visitor whose network lets no websocket through: frames by POST, answers by long poll.
func overHTTP(t *testing.T, s *site) {
	t.Helper()
	ses := s.signIn("")
	base := "/api/v1/chat/" + ses.Conv
	after := int64(0)
	say := func(p map[string]any) (got []chatMsg) {
		t.Helper()
		s.clock.push(4 * time.Second)
		p["cid"] = uuid.NewString()
		if status, raw := s.call(http.MethodPost, base+"/frames", ses.Token, map[string]any{"t": "msg", "id": "1", "p": p}, nil); status != http.StatusOK {
			t.Fatalf("frame: %d %s", status, raw)
		}
		for head := s.head(ses.Conv); after < head; {
			var page struct {
				Frames []chatFrame `json:"frames"`
			}
			s.call(http.MethodGet, base+"/poll?wait=5&after="+strconv.FormatInt(after, 10), ses.Token, nil, &page)
			for _, f := range page.Frames {
				if f.Seq == 0 {
					continue
				}
				if f.Seq != after+1 {
					t.Fatalf("seq %d after %d", f.Seq, after)
				}
				after = f.Seq
				got = append(got, f.msg(t))
			}
		}
		return got
	}
	wantText(t, say(map[string]any{"kind": "text", "text": "我叫李秀兰 手机尾号3308 身份证后四位0322"}), "核对")
	wantText(t, say(map[string]any{"kind": "text", "text": "我一共欠多少"}), "6,480.50")
	recap := agreementIn(t, say(map[string]any{"kind": "text", "text": "想分3期 每月12号"}))
	a := recap.Agreement.Agreement
	if len(a.Offer.Instalments) != 3 || a.Offer.sum() != a.Offer.Total {
		t.Fatalf("%+v", a.Offer)
	}
	say(map[string]any{"kind": "action", "action": map[string]any{"name": "confirm", "ref": a.ID, "doc_sha256": recap.DocSHA256, "confirm_text": recap.ConfirmText}})
	cf, err := s.core.bot.CaseFile(t.Context(), ses.Conv)
	if err != nil || !slices.ContainsFunc(cf.Arrangements, func(p flows.RunningPlan) bool { return p.ID == a.ID && p.Count == 3 }) {
		t.Errorf("arrangements %+v, %v", cf.Arrangements, err)
	}
}
