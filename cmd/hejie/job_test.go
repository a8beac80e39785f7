package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"hejie/bot/guard"
)

// wantText fails unless the answers say it.
func wantText(t testing.TB, ms []chatMsg, words ...string) {
	t.Helper()
	got := textOf(ms)
	for _, w := range words {
		if !strings.Contains(got, w) {
			t.Fatalf("%q is not said in:\n%s", w, got)
		}
	}
}

// agreementIn finds the newest agreement card.
func agreementIn(t testing.TB, ms []chatMsg) chatCard {
	t.Helper()
	for _, m := range slices.Backward(ms) {
		if c, ok := m.card("agreement"); ok {
			return c
		}
	}
	t.Fatalf("no agreement in:\n%s", textOf(ms))
	return chatCard{}
}

func (o chatOffer) sum() (n int64) {
	for _, in := range o.Instalments {
		n += in.Amount
	}
	return n
}

// settle plays the main job: from the balance over a counter-offer and the stepper to an agreement, and returns its card.
func settle(t testing.TB, s *site, tab *chatTab) chatCard {
	t.Helper()
	wantText(t, tab.say("我一共欠多少"), "11,821.40")
	six := agreementIn(t, tab.say("想分6期，每月15号"))
	if n := len(six.Agreement.Agreement.Offer.Instalments); n != 6 {
		t.Fatalf("%d instalments, asked for 6", n)
	}
	var quote chatMsg
	path := "/api/v1/chat/" + tab.ses.Conv + "/quote"
	if status, raw := s.call(http.MethodPost, path, tab.ses.Token, map[string]any{"count": 12}, &quote); status != http.StatusOK {
		t.Fatalf("quote: %d %s", status, raw)
	}
	card, ok := quote.card("plan_offer")
	if !ok || len(card.Offers.Offers) == 0 {
		t.Fatalf("quote: %+v", quote)
	}
	offer := card.Offers.Offers[0]
	if len(offer.Instalments) != 12 || offer.sum() != offer.Total {
		t.Fatalf("the quoted offer: %d instalments, sum %d of %d", len(offer.Instalments), offer.sum(), offer.Total)
	}
	recap := agreementIn(t, tab.press(map[string]any{"name": "accept", "ref": offer.ID}))
	a := recap.Agreement.Agreement
	if a.Offer.ID != offer.ID || a.Offer.Total != offer.Total {
		t.Fatalf("the recap is of %+v, accepted was %s", a.Offer, offer.ID)
	}
	if plans := plansOf(t, s, tab); plans != 0 {
		t.Fatalf("%d arrangements before the yes", plans)
	}
	tab.press(map[string]any{"name": "confirm", "ref": a.ID, "doc_sha256": recap.DocSHA256, "confirm_text": recap.ConfirmText})
	if plans := plansOf(t, s, tab); plans != 1 {
		t.Fatalf("%d arrangements after the yes", plans)
	}
	return recap
}

func plansOf(t testing.TB, s *site, tab *chatTab) int {
	t.Helper()
	cf, err := s.core.bot.CaseFile(t.Context(), tab.ses.Conv)
	if err != nil {
		t.Fatal(err)
	}
	return len(cf.Arrangements)
}

func TestMainJobOverTheWire(t *testing.T) {
	s := startSite(t, "", nil)
	ses := s.signIn("d-zhangwei")
	tab := s.openTab(ses)
	if ses.Assurance != "verified" || tab.welcome.Resume != "new" || tab.welcome.State != "bot" {
		t.Fatalf("session %+v, welcome %+v", ses, tab.welcome)
	}
	card := settle(t, s, tab)
	id := card.Agreement.Agreement.ID

	again := tab.press(map[string]any{"name": "confirm", "ref": id, "doc_sha256": card.DocSHA256, "confirm_text": card.ConfirmText})
	if plans := plansOf(t, s, tab); plans != 1 {
		t.Errorf("a second yes made %d arrangements: %s", plans, textOf(again))
	}
	status, doc := s.call(http.MethodGet, card.DocURL, ses.Token, nil, nil)
	if sum := sha256.Sum256(doc); status != http.StatusOK || hex.EncodeToString(sum[:]) != card.DocSHA256 {
		t.Errorf("the document: %d, %x, promised %s", status, sum, card.DocSHA256)
	}
	if !strings.Contains(string(doc), "11,821.40") {
		t.Error("the document does not name the sum")
	}
	checkExport(t, s, tab)
	checkSecondTab(t, s, tab)
	checkOthersSeeNothing(t, s, tab, card)
	checkWords(t, s, tab)
	s.auditHolds()
}

// checkExport: the file holds every row, in order, and says which were written by a machine.
func checkExport(t *testing.T, s *site, tab *chatTab) {
	t.Helper()
	var out struct {
		Messages []struct {
			Seq     int64   `json:"seq"`
			AI      bool    `json:"ai_generated"`
			Content chatMsg `json:"content"`
		} `json:"messages"`
	}
	s.call(http.MethodGet, "/api/v1/chat/"+tab.ses.Conv+"/export", tab.ses.Token, nil, &out)
	if len(out.Messages) != len(tab.log) {
		t.Fatalf("exported %d of %d", len(out.Messages), len(tab.log))
	}
	for i, m := range out.Messages {
		if m.Seq != int64(i)+1 || m.Content.Text != tab.log[i].msg(t).Text || m.AI != (m.Content.From.Role == "bot") {
			t.Errorf("exported line %d: %+v", i, m)
		}
	}
}

// checkSecondTab: who signs in again elsewhere sees the same conversation, word for word.
func checkSecondTab(t *testing.T, s *site, tab *chatTab) {
	t.Helper()
	ses := s.signIn("d-zhangwei")
	if ses.Conv != tab.ses.Conv || ses.Token == tab.ses.Token {
		t.Fatalf("the second sign-in got %+v", ses)
	}
	other := s.openTab(ses)
	other.catchUp()
	sameLog(t, tab, other)
	tab.say("谢谢")
	other.catchUp()
	sameLog(t, tab, other)
}

func sameLog(t testing.TB, a, b *chatTab) {
	t.Helper()
	if len(a.log) != len(b.log) {
		t.Fatalf("one tab has %d rows, the other %d", len(a.log), len(b.log))
	}
	for i := range a.log {
		if a.log[i].raw != b.log[i].raw {
			t.Fatalf("row %d differs:\n%s\n%s", i+1, a.log[i].raw, b.log[i].raw)
		}
	}
}

// checkOthersSeeNothing: another debtor's token opens nothing of this conversation, and no token opens nothing at all.
func checkOthersSeeNothing(t *testing.T, s *site, tab *chatTab, card chatCard) {
	t.Helper()
	stranger := s.signIn("d-lixiulan")
	for _, path := range []string{"/messages", "/export", "/poll", "/agreements/" + card.Agreement.Agreement.ID} {
		for token, want := range map[string]int{"": http.StatusUnauthorized, stranger.Token: http.StatusNotFound} {
			status, raw := s.call(http.MethodGet, "/api/v1/chat/"+tab.ses.Conv+path, token, nil, nil)
			if status != want || strings.Contains(string(raw), "11,821") {
				t.Errorf("%s with token %.4q: %d %.200s", path, token, status, raw)
			}
		}
		if strings.HasPrefix(path, "/agreements/") { // nor through the stranger's own conversation
			if status, _ := s.call(http.MethodGet, "/api/v1/chat/"+stranger.Conv+path, stranger.Token, nil, nil); status != http.StatusNotFound {
				t.Errorf("another's agreement: %d", status)
			}
		}
	}
}

// Keys and values of the wire that are for machines; everything else in a frame is read by a person.
var wireKeys = []string{"mid", "kind", "lang", "type", "id", "ref", "cid", "name", "version", "state", "event", "role"}

// checkWords: every string a person can read in any frame stands in the Parts of the stored row: the channel adds none.
func checkWords(t *testing.T, s *site, tab *chatTab) {
	t.Helper()
	rows := s.rows(tab.ses.Conv)
	if len(rows) != len(tab.log) {
		t.Fatalf("%d rows, %d frames", len(rows), len(tab.log))
	}
	for i, f := range tab.log {
		known := map[string]bool{rows[i].Text: true, rows[i].CID: true, rows[i].ID: true}
		var bodies []string
		for _, p := range rows[i].Parts {
			known[p.Text], known[p.Ref] = true, true
			if len(p.Data) > 0 {
				eachString(t, p.Data, func(_, s string) { known[s] = true })
			}
			if p.Role == "body" {
				bodies = append(bodies, p.Text)
			}
		}
		if a := rows[i].Action; a != nil {
			known[a.Name], known[a.Ref] = true, true
		}
		known[strings.Join(bodies, "\n\n")] = true
		if rows[i].Direction == "out" && (rows[i].ClearanceID == "" || len(rows[i].Parts) == 0) {
			t.Errorf("row %d went out without a clearance", i+1)
		}
		eachString(t, f.P, func(key, v string) {
			if !known[v] && (!slices.Contains(wireKeys, key) || hasWords(v)) {
				t.Errorf("row %d: %s says %q, which no part of it holds", i+1, key, v)
			}
		})
	}
	for _, f := range tab.eph {
		eachString(t, f.P, func(key, v string) {
			if hasWords(v) {
				t.Errorf("frame %s says %q in %s", f.T, v, key)
			}
		})
	}
}

// hasWords: more than an identifier.
func hasWords(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r > 127 || r == ' ' })
}

func eachString(t testing.TB, raw json.RawMessage, visit func(key, s string)) {
	t.Helper()
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	var walk func(string, any)
	walk = func(key string, v any) {
		switch x := v.(type) {
		case string:
			visit(key, x)
		case []any:
			for _, e := range x {
				walk(key, e)
			}
		case map[string]any:
			for k, e := range x {
				walk(k, e)
			}
		}
	}
	walk("", v)
}

// TestVisitorProvesWhoTheyAre: nothing of a debt before the form is right, all of it after, in the same thread.
func TestVisitorProvesWhoTheyAre(t *testing.T) {
	s := startSite(t, "", nil)
	ses := s.signIn("")
	tab := s.openTab(ses)
	if ses.Assurance != "anon" {
		t.Fatalf("a visitor is %q", ses.Assurance)
	}
	asked := tab.say("我一共欠多少")
	if strings.Contains(textOf(asked), "11,821") {
		t.Fatalf("a debt before identity: %s", textOf(asked))
	}
	if !slices.ContainsFunc(asked, func(m chatMsg) bool { _, ok := m.card("verify"); return ok }) {
		t.Errorf("no identity form in %s", textOf(asked))
	}
	path := "/api/v1/chat/" + ses.Conv + "/quote"
	if status, raw := s.call(http.MethodPost, path, ses.Token, map[string]any{"count": 6}, nil); status == http.StatusOK {
		t.Errorf("a quote before identity: %s", raw)
	}
	form := func(id4 string) []chatMsg {
		return tab.press(map[string]any{"name": "verify", "fields": map[string]string{"name": "张伟", "phone_last4": "5521", "id_last4": id4}})
	}
	if got := textOf(form("0000")); strings.Contains(got, "11,821") {
		t.Fatalf("a wrong factor opened the account: %s", got)
	}
	wantText(t, form("4419"), "11,821.40")
	for _, m := range tab.log {
		if strings.Contains(m.raw, "4419") {
			t.Errorf("an identity factor came back: %s", m.raw)
		}
	}
	for _, m := range s.rows(ses.Conv) {
		if m.Author == string(guard.Bot) && m.ClearanceID == "" {
			t.Errorf("row %d has no clearance", m.Seq)
		}
	}
	checkWords(t, s, tab)
	s.auditHolds()
}
