package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"hejie/flows/policy"
)

// supervised is a policy in which a token plan is a supervisor's to grant.
func supervised(t *testing.T) string {
	t.Helper()
	raw, err := fs.ReadFile(policy.Builtin(), "default.yaml")
	if err != nil {
		t.Fatal(err)
	}
	changed := bytes.Replace(raw, []byte("token: agent}"), []byte("token: supervisor}"), 1)
	if bytes.Equal(raw, changed) {
		t.Fatal("the built-in policy has changed: mend this test")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "policy.yaml"), changed, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

type deskOffer struct {
	ID            string `json:"id"`
	Kind          string `json:"kind"`
	Total         int64  `json:"total_fen"`
	NeedsApproval bool   `json:"needs_approval"`
	Approver      string `json:"approver"`
}

type deskCall func(method, path string, body, out any) (int, string)

// built asks the rules and returns what the page would send back, with one offer chosen.
func built(t *testing.T, call deskCall, conv string, ask map[string]any) (map[string]any, deskOffer) {
	t.Helper()
	var w struct {
		Stop   string
		Answer struct{ Offers []deskOffer }
	}
	if code, raw := call("POST", "/conversations/"+conv+"/what-if", map[string]any{"ask": ask}, &w); code != 200 || len(w.Answer.Offers) == 0 || w.Stop != "" {
		t.Fatalf("what-if: %d %.400s", code, raw)
	}
	return map[string]any{"ask": ask, "offer_ids": []string{w.Answer.Offers[0].ID}, "text": "按您说的情况算了一个方案，您看看。", "draft_id": uuid.NewString()}, w.Answer.Offers[0]
}

// agree goes the ordinary way of a debtor: picks the newest card's first offer, reads the recap, confirms that very paper.
func (c *chatTab) agree() {
	c.t.Helper()
	c.catchUp()
	var card chatCard
	for _, f := range c.log {
		if k, ok := f.msg(c.t).card("plan_offer"); ok {
			card = k
		}
	}
	if len(card.Offers.Offers) == 0 {
		c.t.Fatal("no card of offers came")
	}
	recap := c.press(map[string]any{"name": "accept", "ref": card.Offers.Offers[0].ID})
	for _, m := range recap {
		if k, ok := m.card("agreement"); ok {
			c.press(map[string]any{"name": "confirm", "ref": k.Agreement.Agreement.ID, "doc_sha256": k.DocSHA256, "confirm_text": k.ConfirmText})
			return
		}
	}
	c.t.Fatalf("no recap came: %s", textOf(recap))
}

func (s *site) agreed(conv string) int {
	s.t.Helper()
	n := 0
	if err := s.db.QueryRow(`SELECT count(*) FROM arrangement WHERE conv_id = $1 AND state = 'active'`, conv).Scan(&n); err != nil {
		s.t.Fatal(err)
	}
	return n
}

// An agent builds an offer, sends it as a card, and the debtor agrees to it by the ordinary consent, all on the real server.
func TestConsoleSendsAnOffer(t *testing.T) {
	s := startSite(t, "", nil)
	tab := s.openTab(s.signIn("d-zhangwei"))
	conv := tab.ses.Conv
	agent, boss := person(t, s, "ann", "agent"), person(t, s, "bo", "supervisor")
	body, offer := built(t, agent, conv, map[string]any{"kind": "instalments", "count": 12})
	path := "/conversations/" + conv + "/offers"
	if code, raw := agent("POST", path, body, nil); code != 409 || !strings.Contains(raw, "not_holder") {
		t.Fatalf("not held: %d %s", code, raw)
	}
	if code, raw := boss("POST", path, body, nil); code != 403 {
		t.Fatalf("a supervisor does not speak: %d %s", code, raw)
	}
	if code, raw := agent("POST", "/conversations/"+conv+"/take", nil, nil); code != 200 {
		t.Fatalf("take: %d %s", code, raw)
	}
	head := s.head(conv)
	var sent struct{ State string }
	for range 2 { // the answer was lost: the page asks again
		if code, raw := agent("POST", path, body, &sent); code != 200 || sent.State != "sent" {
			t.Fatalf("send: %d %s", code, raw)
		}
	}
	if now := s.head(conv); now != head+1 {
		t.Fatalf("%d rows for one card", now-head)
	}
	wrong := map[string]any{"ask": map[string]any{"kind": "instalments", "count": 600}, "offer_ids": []string{offer.ID}, "text": "您看看。"}
	if code, raw := agent("POST", path, wrong, nil); code != 409 || !strings.Contains(raw, "offer_expired") {
		t.Errorf("terms outside the rules: %d %s", code, raw)
	}
	body["draft_id"], body["text"] = uuid.NewString(), "再不还款你就要坐牢"
	if code, raw := agent("POST", path, body, &sent); code != 200 || sent.State != "stopped" || !strings.Contains(raw, "T02") {
		t.Errorf("a threat beside a card: %d %s", code, raw)
	}
	tab.agree()
	if n := s.agreed(conv); n != 1 {
		t.Fatalf("%d arrangements", n)
	}
	if got := tab.say("谢谢，我还有个问题"); len(got) != 0 {
		t.Errorf("the bot speaks beside the agent: %s", textOf(got))
	}
	if _, raw := boss("GET", "/audit?conversation="+conv, nil, nil); !strings.Contains(raw, "offer_sent") {
		t.Errorf("not in the audit: %.300s", raw)
	}
	t.Setenv("HEJIE_SECRET", s.cfg.Secret)
	if code, out, errs := runCLI("replay", conv, "--db", "sqlite:"+filepath.Join(s.cfg.DataDir, "hejie.db")); code != exitGood || strings.Count(out, " ok") < 2 {
		t.Errorf("the consent beside the agent does not replay: exit %d\n%s%s", code, out, errs)
	}
	s.auditHolds()
}

// What needs a supervisor goes to one; the debtor sees the approved offer, or a kind refusal, and the agent sees how it went.
func TestConsoleApprovals(t *testing.T) {
	dir := supervised(t)
	s := startSite(t, "", func(c *Config) { c.PolicyDir = dir })
	agent, boss := person(t, s, "ann", "agent"), person(t, s, "bo", "supervisor")
	for _, yes := range []bool{true, false} {
		ref, decision := "d-zhangwei", "approve"
		if !yes {
			ref, decision = "d-lixiulan", "refuse"
		}
		tab := s.openTab(s.signIn(ref))
		conv := tab.ses.Conv
		agent("POST", "/conversations/"+conv+"/take", nil, nil)
		body, offer := built(t, agent, conv, map[string]any{"kind": "token"})
		if !offer.NeedsApproval || offer.Approver != "supervisor" {
			t.Fatalf("%+v", offer)
		}
		var sent struct {
			State  string
			CaseID string `json:"case_id"`
		}
		path := "/conversations/" + conv + "/offers"
		if code, raw := agent("POST", path, body, nil); code != 422 { // no reason for whoever decides
			t.Fatalf("without a reason: %d %s", code, raw)
		}
		body["reason"] = "收入不稳，只能先付一点"
		if code, raw := agent("POST", path, body, &sent); code != 200 || sent.State != "asked" {
			t.Fatalf("ask: %d %s", code, raw)
		}
		var list struct {
			Items []struct {
				Conv string `json:"conversation_id"`
				Note string
				May  bool `json:"may_decide"`
			}
		}
		if _, raw := agent("GET", "/approvals", nil, &list); len(list.Items) != 1 || list.Items[0].May {
			t.Fatalf("the agent's list: %s", raw)
		}
		if _, raw := boss("GET", "/approvals", nil, &list); len(list.Items) != 1 || !list.Items[0].May || !strings.Contains(list.Items[0].Note, "收入不稳") {
			t.Fatalf("the supervisor's list: %s", raw)
		}
		say := map[string]any{"conversation_id": conv, "case_id": sent.CaseID, "offer_id": offer.ID, "decision": decision, "reason": "看过材料"}
		if code, raw := agent("POST", "/approvals", say, nil); code != 403 {
			t.Fatalf("an agent decides: %d %s", code, raw)
		}
		var told struct{ Told bool }
		if code, raw := boss("POST", "/approvals", say, &told); code != 200 || !told.Told {
			t.Fatalf("decide: %d %s", code, raw)
		}
		var own struct {
			Items []struct {
				State, Reason string
				DecidedName   string `json:"decided_name"`
			}
		}
		want := map[bool]string{true: "approved", false: "refused"}[yes]
		if _, raw := agent("GET", "/conversations/"+conv+"/approvals", nil, &own); len(own.Items) != 1 || own.Items[0].State != want ||
			own.Items[0].Reason != "看过材料" || own.Items[0].DecidedName != "bo" {
			t.Errorf("the agent's view: %s", raw)
		}
		if yes {
			tab.agree()
			if n := s.agreed(conv); n != 1 {
				t.Errorf("%d arrangements", n)
			}
			continue
		}
		tab.catchUp()
		last := tab.log[len(tab.log)-1].msg(t)
		if !strings.Contains(last.Text, "这次不能给您") || strings.Contains(last.Text, "看过材料") || s.agreed(conv) != 0 {
			t.Errorf("the refusal: %+v", last)
		}
	}
	s.auditHolds()
}

// An agent sees their own second looks and nobody else's.
func TestConsoleSecondLooks(t *testing.T) {
	s := startSite(t, "", nil)
	tab := s.openTab(s.signIn("d-zhangwei"))
	conv := "/conversations/" + tab.ses.Conv
	ann, eve, boss := person(t, s, "ann", "agent"), person(t, s, "eve", "agent"), person(t, s, "bo", "supervisor")
	ann("POST", conv+"/take", nil, nil)
	var asked struct {
		ID string `json:"review_id"`
	}
	if code, raw := ann("POST", conv+"/second-look", map[string]string{"text": "房租先缓一缓，把我们的还上", "reason": "the debtor asked for it"}, &asked); code != 200 {
		t.Fatalf("ask: %d %s", code, raw)
	}
	var list struct {
		Items []struct {
			State       string
			Text        string
			AskedName   string `json:"asked_name"`
			DecidedName string `json:"decided_name"`
			Why         string `json:"decided_reason"`
			May         bool   `json:"may_decide"`
		}
	}
	if _, raw := ann("GET", "/second-looks?state=all", nil, &list); len(list.Items) != 1 || list.Items[0].State != "open" || list.Items[0].May {
		t.Fatalf("her own: %s", raw)
	}
	if _, raw := eve("GET", "/second-looks?state=all", nil, &list); len(list.Items) != 0 {
		t.Fatalf("another's: %s", raw)
	}
	if code, raw := eve("POST", "/second-looks/"+asked.ID, map[string]string{"decision": "approve", "reason": "fine by me"}, nil); code != 403 {
		t.Fatalf("an agent decides: %d %s", code, raw)
	}
	if code, raw := boss("POST", "/second-looks/"+asked.ID, map[string]string{"decision": "refuse", "reason": "say it otherwise"}, nil); code != 200 {
		t.Fatalf("refuse: %d %s", code, raw)
	}
	if _, raw := ann("GET", "/second-looks?state=all&conversation="+tab.ses.Conv, nil, &list); len(list.Items) != 1 || list.Items[0].State != "refused" ||
		list.Items[0].DecidedName != "bo" || list.Items[0].Why != "say it otherwise" || !strings.Contains(list.Items[0].Text, "房租") {
		t.Errorf("how it went: %s", raw)
	}
}

// The same in Chromium: the builder by keyboard, the card under the agent's name, the ordinary consent, and the agent sees it come about.
func TestConsoleOfferInABrowser(t *testing.T) {
	_, line := startDemo(t)
	debtor := openPage(t, browser(t, 390, 844), "http://"+line.addr()+"/")
	debtor.do("/", "signing in as the first sample", button("张伟"))
	debtor.wait("/", "the widget", `window.Hejie && window.Hejie.open`)
	if err := debtor.eval("/", "window.Hejie.open()", nil); err != nil {
		t.Fatal(err)
	}
	debtor.wait(chatPath, "the welcome to somebody signed in", has("身份已核对"))
	debtor.say("我想找人工")
	console := takeOver(t, line.addr())
	console.do("/console", "opening the conversation", `document.querySelector('.queue button.line')`)
	console.do("/console", "taking over", button("接管"))
	console.wait("/console", "the composer", `document.querySelector('.composer textarea:not([disabled])')`)
	console.wait("/console", "the builder by its key", `(() => { document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'o', bubbles: true})); return true })()`)
	console.do("/console", "choosing the first offer", `document.querySelector('.offer-dialog .pick input')`)
	console.wait("/console", "the suggested words", `document.querySelector('.offer-send textarea')?.value.includes('按规则')`)
	console.do("/console", "sending", `document.querySelector('.offer-send .el-button')`)
	console.wait("/console", "word of it", has("方案已发出"))

	debtor.wait(chatPath, "the card under the agent's words", has("按规则能给的方案")+` && document.querySelector('hj-offers [role=radio]')`)
	debtor.wait(chatPath, "the agent's name", has("林倩（人工）"))
	debtor.do(chatPath, "picking the plan", `[...document.querySelectorAll('hj-offers [role=radio]')].at(-1)`)
	debtor.do(chatPath, "asking for the paper", `[...document.querySelectorAll('hj-offers .buttons button.main')].at(-1)`)
	debtor.wait(chatPath, "the tick, not pre-set", `document.querySelector('label.tick input') && !document.querySelector('label.tick input').checked`)
	debtor.do(chatPath, "the tick", `document.querySelector('label.tick input')`)
	debtor.do(chatPath, "the yes", `[...document.querySelectorAll('button.btn.main')].at(-1)`)
	debtor.wait(chatPath, "the confirmation", `document.querySelector('.note.ok') !== null`)
	console.wait("/console", "the paper in the panel", `document.querySelector('.panel .docs a')`)
	console.wait("/console", "the conversation to be the agent's still", has("您已接管"))
}
