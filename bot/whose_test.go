package bot_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hejie/bot"
	"hejie/bot/store"
	"hejie/flows"
)

const onFile = "+8613800005521" // 张伟's in the test portfolio

// load adds accounts to the creditor's books.
func (h *house) load(rows string) {
	h.t.Helper()
	head, _, _ := strings.Cut(portfolio, "\n")
	file := filepath.Join(h.t.TempDir(), "more.csv")
	must(h.t, os.WriteFile(file, []byte(head+"\n"+rows), 0o600))
	rep, err := h.store.Import(context.Background(), file, store.ImportOptions{})
	must(h.t, err)
	if rep.Errors > 0 {
		h.t.Fatalf("portfolio: %+v", rep.Listed)
	}
}

func (h *house) debtor(ref string) string {
	h.t.Helper()
	d, err := h.store.DebtorByRef(context.Background(), h.cred, ref)
	must(h.t, err)
	return d.ID
}

// A number on file for one debtor is theirs to write from: known, never proved. What they wrote before the file said so is theirs too.
func TestANumberOnFileIsKnown(t *testing.T) {
	h, p := withPost(t, "sms", sms)
	h.write(p, "+8613900007777", "转人工")
	if c := h.control(); c.DebtorID != "" || c.Identity != flows.Anon {
		t.Fatalf("a number of nobody: %+v", c)
	}
	h.write(p, onFile, "我叫张伟 手机尾号5521 身份证后四位4419 还欠多少")
	c := h.control()
	if c.DebtorID != h.debtor("d1") || c.Identity != flows.Identified {
		t.Fatalf("debtor %q, %s", c.DebtorID, c.Identity)
	}
	if w := parcels(h.write(p, onFile, "我不是张伟，打错了")); strings.Contains(w, "张伟") || strings.Contains(w, "11,821") {
		t.Errorf("an SMS says %q", w)
	}

	const late = "+8613900008888"
	h.write(p, late, "我要投诉")
	was := h.conv
	h.load("安和消费金融,CC-9,d9,陈明,13900008888,,online_loan,CNY,100.00,0,0,0,2026-12-02,2026-10-22,,,,,false,false,,,,,zh-Hans,\n")
	h.write(p, late, "转人工")
	if c := h.control(); c.ID != was || c.DebtorID != h.debtor("d9") || c.State.DebtorID != c.DebtorID || c.Identity != flows.Identified || c.Control != bot.InQueue {
		t.Errorf("the thread of nobody: %+v", c)
	}
	cf, err := h.CaseFile(context.Background(), was)
	if err != nil || len(cf.Cases) == 0 {
		t.Errorf("the complaint is not the debtor's: %+v %v", cf.Cases, err)
	}
}

// Two people with one number: who wrote is not known, and what is written to one of them goes on apart.
func TestANumberOfTwoIsNobodys(t *testing.T) {
	h, p := withPost(t, "sms", sms)
	h.write(p, onFile, "你好")
	known := h.conv
	h.load("安和消费金融,CC-8,d8,王芳,13800005521,,online_loan,CNY,100.00,0,0,0,2026-12-02,2026-10-22,,,,,false,false,,,,,zh-Hans,\n")
	h.write(p, onFile, "STOP")
	if c := h.control(); c.ID == known || c.DebtorID != "" || c.Identity != flows.Anon {
		t.Fatalf("%+v", c)
	}
	a, err := h.store.AddressOf(context.Background(), "sms", "main", onFile)
	if err != nil || a.DebtorID != "" || a.Method != bot.ByNobody {
		t.Errorf("%+v %v", a, err)
	}
	conv, err := h.Conversation(context.Background(), known)
	must(t, err)
	if f, err := h.store.DeliveryFacts(context.Background(), conv, h.now); err != nil || !f.OptedOut {
		t.Errorf("the number itself is not silent: %+v %v", f, err)
	}
}

func (h *house) optedOut() bool {
	h.t.Helper()
	f, err := h.store.DeliveryFacts(context.Background(), h.control(), h.now)
	must(h.t, err)
	return f.OptedOut
}

// Who refused by a word from a number takes it back by a word from it, once answered; nobody else's refusal is taken back with it.
func TestARefusalIsTakenBack(t *testing.T) {
	ctx := context.Background()
	h, p := withPost(t, "sms", sms)
	if w := parcels(h.write(p, onFile, "START")); !strings.Contains(w, "登录官方网站") {
		t.Errorf("nothing was refused: %q", w)
	}
	for _, pair := range [][2]string{{"退订", "恢复"}, {"STOP", "start!"}, {"别再给我发短信了", "开启通知"}} {
		h.write(p, onFile, pair[0])
		if !h.optedOut() {
			t.Fatalf("%s did not stop it", pair[0])
		}
		got := h.write(p, onFile, pair[1])
		if w := parcels(got); len(got) != 1 || got[0].ReplyID != "contact_resumed" || !strings.Contains(w, "【安和消费金融】") {
			t.Errorf("%s: %d texts: %s", pair[1], len(got), w)
		}
		f, err := h.store.DeliveryFacts(ctx, h.control(), h.now)
		if err != nil || f.OptedOut || len(f.Holds) != 0 {
			t.Errorf("after %s: %+v %v", pair[1], f, err)
		}
	}
	lines, err := h.store.Audit(ctx, h.conv, 0, 500)
	must(t, err)
	n := 0
	for _, l := range lines {
		if l.Kind == "opt_in" && l.Actor == "debtor" {
			n++
		}
	}
	if n != 3 {
		t.Errorf("%d audit lines", n)
	}
	if got := h.write(p, onFile, "恢复"); len(got) != 1 || got[0].ReplyID == "contact_resumed" {
		t.Errorf("a second time: %+v", got)
	}
}

func TestARefusalMadeElsewhereStays(t *testing.T) {
	h, p := withPost(t, "sms", sms)
	web, err := h.Open(context.Background(), bot.Opening{CreditorID: h.cred, Channel: "web", DebtorRef: "d1", Identity: flows.Verified, Address: "b1"})
	must(t, err)
	h.conv = web.ID
	h.say("不要再联系我了")
	for _, said := range []string{"START", "退订", "START"} {
		if got := h.write(p, onFile, said); len(got) > 0 && got[0].ReplyID == "contact_resumed" {
			t.Errorf("%s took back what was refused in the chat", said)
		}
	}
	h.conv = web.ID
	if !h.optedOut() {
		t.Error("it may be written to again")
	}
	h.write(p, "+8613900001111", "我不认识这个人，你们打错了")
	h.write(p, "+8613900001111", "退订")
	if got := h.write(p, "+8613900001111", "恢复"); got[0].ReplyID == "contact_resumed" {
		t.Error("a wrong number was taken back by a word")
	}
}

// What the peer has answered itself is not answered again.
func TestAnAnsweredWordIsNotAnsweredTwice(t *testing.T) {
	h, p := withPost(t, "sms", sms)
	h.write(p, onFile, "STOP")
	in := bot.Arrival{Channel: "sms", Account: "main", ExtID: "start", From: onFile, Kind: "text", Text: "START", Confirmed: true}
	if got := h.arrive(p, in); len(got) != 0 || h.optedOut() {
		t.Errorf("%d texts, opted out %v", len(got), h.optedOut())
	}
}
