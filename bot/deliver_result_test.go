package bot_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"hejie/bot"
	"hejie/flows"
)

// states are those of the outgoing rows, in order.
func (h *house) states() []string {
	h.t.Helper()
	rows, err := h.Transcript(context.Background(), h.conv, 0, 200)
	must(h.t, err)
	var out []string
	for _, m := range rows {
		if m.Direction == "out" {
			out = append(out, m.State)
		}
	}
	return out
}

// greeted is a house whose person has written once and been answered.
func greeted(t *testing.T, channel string, tr bot.Traits) (*house, *post) {
	t.Helper()
	h, p := withPost(t, channel, tr)
	if len(h.write(p, openid, "你好")) == 0 {
		t.Fatal("no answer to a greeting")
	}
	return h, p
}

func (h *house) settleAt(after time.Duration) {
	h.t.Helper()
	h.now = h.now.Add(after)
	must(h.t, h.Settle(context.Background(), h.conv))
}

func (h *house) last() string { s := h.states(); return s[len(s)-1] }

// round is one look at the outbox: after so long, so many attempts are seen by the account.
type round struct {
	after time.Duration
	tried int
}

type failure struct {
	channel string
	tr      bot.Traits
	script  []bot.Result
	rounds  []round
	state   string
	dead    bool
}

func failures() map[string]failure {
	res := func(c bot.ResultClass) bot.Result { return bot.Result{Class: c, Code: "c1"} }
	many := func(c bot.ResultClass, n int) (out []bot.Result) {
		for range n {
			out = append(out, res(c))
		}
		return out
	}
	hour := round{time.Hour, 1}
	return map[string]failure{
		"sent":                       {"wecom", kf, nil, []round{{0, 1}}, "sent", false},
		"retryable, then sent":       {"wecom", kf, many(bot.Retryable, 2), []round{{0, 1}, hour, hour}, "sent", false},
		"retryable six times":        {"wecom", kf, many(bot.Retryable, 9), []round{{0, 1}, hour, hour, hour, hour, hour, {time.Hour, 0}}, "failed", true},
		"rate limited ten times":     {"wecom", kf, many(bot.RateLimited, 10), []round{{0, 1}, hour, hour, hour, hour, hour, hour, hour, hour, hour, hour}, "sent", false},
		"auth once":                  {"wecom", kf, many(bot.AuthFailed, 1), []round{{0, 1}, hour}, "sent", false},
		"auth twice":                 {"wecom", kf, many(bot.AuthFailed, 2), []round{{0, 1}, hour, {time.Hour, 0}}, "failed", true},
		"permanent":                  {"wecom", kf, many(bot.Permanent, 1), []round{{0, 1}, {time.Hour, 0}}, "failed", true},
		"invented class":             {"wecom", kf, many("perhaps", 1), []round{{0, 1}, {time.Hour, 0}}, "failed", true},
		"window closed":              {"wecom", kf, many(bot.WindowClosed, 1), []round{{0, 1}, {time.Hour, 0}}, "parked", false},
		"opted out":                  {"wecom", kf, many(bot.OptedOut, 1), []round{{0, 1}, {time.Hour, 0}}, "suppressed", false},
		"ambiguous, doubles dropped": {"wecom", kf, many(bot.Ambiguous, 2), []round{{0, 1}, hour, hour}, "sent", false},
		"ambiguous, plain, once":     {"wechat", oa, many(bot.Ambiguous, 1), []round{{0, 1}, hour}, "sent", false},
		"ambiguous, plain, twice":    {"wechat", oa, many(bot.Ambiguous, 2), []round{{0, 1}, hour, {time.Hour, 0}}, "unknown", true},
		"ambiguous SMS":              {"sms", sms, many(bot.Ambiguous, 1), []round{{0, 1}, {time.Hour, 0}}, "unknown", true},
	}
}

func TestEachClassOfFailure(t *testing.T) {
	for name, c := range failures() {
		t.Run(name, func(t *testing.T) {
			h, p := greeted(t, c.channel, c.tr)
			p.next(c.script...)
			arrivals++
			_, err := h.Accept(context.Background(), bot.Arrival{Channel: c.channel, Account: "main", ExtID: fmt.Sprint("x", arrivals), From: openid,
				Kind: "text", Text: "谢谢", Grant: &bot.Grant{Until: h.now.Add(48 * time.Hour)}})
			must(t, err)
			p.take()
			must(t, h.DrainInbox(context.Background()))
			keys := map[string]bool{}
			for i, r := range c.rounds {
				h.settleAt(r.after)
				for _, o := range p.tried {
					keys[o.Key] = true
				}
				if len(p.tried) != r.tried {
					t.Errorf("round %d: %d attempts, want %d", i, len(p.tried), r.tried)
				}
				p.take()
			}
			if len(keys) != 1 {
				t.Errorf("keys %v", keys)
			}
			if h.last() != c.state {
				t.Errorf("states %v, want %s at the end", h.states(), c.state)
			}
			dead, err := h.DeadLetters(context.Background(), "", 10)
			must(t, err)
			if (len(dead) == 1) != c.dead {
				t.Errorf("dead letters %+v", dead)
			}
		})
	}
}

func TestPermanentFailureOpensATask(t *testing.T) {
	ctx := context.Background()
	h, p := withPost(t, "wecom", kf)
	h.write(p, openid, "我叫张伟 手机尾号5521 身份证后四位4419")
	p.next(bot.Result{Class: bot.Permanent, Code: "40003"})
	h.write(p, openid, "谢谢")
	cf, err := h.CaseFile(ctx, h.conv)
	must(t, err)
	if len(cf.Cases) != 1 || cf.Cases[0].Kind != "delivery" || cf.Cases[0].Note != "40003" {
		t.Fatalf("cases %+v", cf.Cases)
	}
	dead, err := h.DeadLetters(ctx, h.cred, 10)
	if err != nil || len(dead) != 1 || dead[0].Code != "40003" || dead[0].ReplyID == "" {
		t.Fatalf("%+v %v", dead, err)
	}
	must(t, h.RetryDeadLetter(ctx, dead[0].DraftID, lin))
	must(t, h.Settle(ctx, h.conv))
	if h.last() != "sent" || len(p.take()) != 1 {
		t.Errorf("after a retry: %v", h.states())
	}
	if err := h.RetryDeadLetter(ctx, dead[0].DraftID, lin); err == nil {
		t.Error("what was sent was put back")
	}
}

// A debt fact that waited for the window is judged again when the person writes: by then nobody has proved who holds the phone.
func TestParkedIsJudgedAgain(t *testing.T) {
	h, p := withPost(t, "wechat", oa)
	h.write(p, openid, "我叫张伟 手机尾号5521 身份证后四位4419")
	p.next(bot.Result{Class: bot.WindowClosed, Code: "45015"}, bot.Result{Class: bot.WindowClosed}, bot.Result{Class: bot.WindowClosed})
	if got := h.write(p, openid, "我一共欠多少"); len(got) != 0 || h.last() != "parked" {
		t.Fatalf("%s %v", parcels(got), h.states())
	}
	h.now = h.now.Add(20 * time.Minute)
	if w := parcels(h.write(p, openid, "你好")); strings.Contains(w, "11,821.40") {
		t.Errorf("said to whoever writes now: %s", w)
	}
	h2, p2 := greeted(t, "wechat", oa)
	p2.next(bot.Result{Class: bot.WindowClosed})
	h2.write(p2, openid, "谢谢")
	if got := h2.write(p2, openid, "你好"); len(got) < 2 {
		t.Errorf("what is still true was not said: %s", parcels(got))
	}
}

func TestWindowAndItsBudget(t *testing.T) {
	h, p := greeted(t, "wechat", oa)
	in := bot.Arrival{Channel: "wechat", Account: "main", ExtID: "tap", From: openid, Kind: "text", Text: "谢谢", Grant: &bot.Grant{Messages: 1, Until: h.now.Add(time.Minute)}}
	if got := h.arrive(p, in); len(got) != 1 {
		t.Fatalf("%d texts in a window of one", len(got))
	}
	in.ExtID, in.Grant = "no window", nil
	if got := h.arrive(p, in); len(got) != 0 || h.last() != "parked" && len(h.states()) == 0 {
		t.Errorf("beyond the budget: %s", parcels(got))
	}
	h.now = h.now.Add(49 * time.Hour)
	in.ExtID, in.Grant = "later", &bot.Grant{Messages: 5, Until: h.now.Add(48 * time.Hour)}
	if got := h.arrive(p, in); len(got) != 1 {
		t.Errorf("two days later the old answer is dropped and the new one said: %s", parcels(got))
	}
}

func TestReceiptsMoveForwardOnly(t *testing.T) {
	ctx := context.Background()
	h, p := greeted(t, "sms", sms)
	say := func(state, class string) {
		t.Helper()
		must(t, h.Receipt(ctx, bot.Report{Channel: "sms", Account: "main", ProviderID: "r1", Address: openid, State: state, Class: bot.ResultClass(class), At: h.now, Code: "r"}))
	}
	p.next(bot.Result{Class: bot.Sent, ProviderID: "r1"})
	h.write(p, openid, "谢谢")
	for _, step := range []struct{ state, want string }{{"failed", "failed"}, {"delivered", "delivered"}, {"failed", "delivered"}, {"sent", "delivered"}, {"read", "read"}, {"delivered", "read"}} {
		say(step.state, "")
		if h.last() != step.want {
			t.Errorf("after %s: %s, want %s", step.state, h.last(), step.want)
		}
	}
	p.next(bot.Result{Class: bot.Sent, ProviderID: "r2"})
	h.write(p, openid, "谢谢")
	must(t, h.Receipt(ctx, bot.Report{Channel: "sms", Account: "main", ProviderID: "r2", Address: "+8600000000", State: "delivered", At: h.now}))
	if h.last() != "sent" {
		t.Errorf("a receipt for another number: %s", h.last())
	}
}

// The peer's word may come before its answer to us, and it settles a doubt.
func TestReceiptBeforeTheSendReturns(t *testing.T) {
	ctx := context.Background()
	h, p := greeted(t, "sms", sms)
	must(t, h.Receipt(ctx, bot.Report{Channel: "sms", Account: "main", ProviderID: "early", Address: openid, State: "delivered", At: h.now}))
	p.next(bot.Result{Class: bot.Sent, ProviderID: "early"})
	h.write(p, openid, "谢谢")
	if h.last() != "delivered" {
		t.Errorf("%v", h.states())
	}
	p.next(bot.Result{Class: bot.Ambiguous})
	h.write(p, openid, "谢谢")
	if h.last() != "unknown" {
		t.Fatalf("%v", h.states())
	}
	dead, err := h.DeadLetters(ctx, "", 5)
	must(t, err)
	ev, err := h.DeliveryEvents(ctx, dead[0].DraftID)
	must(t, err)
	if len(ev) == 0 || ev[len(ev)-1].Class != string(bot.Ambiguous) {
		t.Errorf("a doubt that is not shown: %+v", ev)
	}
}

func TestWhoLeavesIsForgotten(t *testing.T) {
	ctx := context.Background()
	h, p := greeted(t, "wechat", oa)
	a, err := h.store.AddressOf(ctx, "wechat", "main", openid)
	must(t, err)
	if got := h.arrive(p, bot.Arrival{Channel: "wechat", Account: "main", ExtID: "bye", From: openid, Kind: "event", Event: "unfollow"}); len(got) != 0 {
		t.Errorf("said %s", parcels(got))
	}
	if _, err := h.store.AddressOf(ctx, "wechat", "main", openid); err == nil {
		t.Error("the openid is still there")
	}
	gone, err := h.store.Address(ctx, a.ID)
	if err != nil || gone.Number != "" || gone.GoneMS == 0 {
		t.Errorf("%+v %v", gone, err)
	}
	if got := h.write(p, openid, "你好"); len(got) == 0 {
		t.Error("who comes back gets no answer")
	}
}

// Under any mixture of results: one text of a conversation never overtakes another, nothing is taken twice, nothing is lost.
func TestAnyMixtureOfResultsKeepsOrder(t *testing.T) {
	classes := []bot.ResultClass{bot.Sent, bot.Sent, bot.Retryable, bot.RateLimited, bot.Ambiguous, bot.AuthFailed}
	for seed := range uint64(6) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		h, p := greeted(t, "wecom", kf)
		for range 40 {
			p.script = append(p.script, bot.Result{Class: classes[rnd.IntN(len(classes))]})
		}
		p.take()
		var took []bot.Parcel
		for i := range 12 {
			arrivals++
			_, err := h.Accept(context.Background(), bot.Arrival{Channel: "wecom", Account: "main", ExtID: fmt.Sprint("x", arrivals), From: openid, Kind: "text",
				Text: []string{"谢谢", "你好", "转人工", "再见"}[i%4], Grant: &bot.Grant{Until: h.now.Add(48 * time.Hour)}})
			must(t, err)
			must(t, h.DrainInbox(context.Background()))
			h.settleAt(time.Duration(rnd.IntN(90)) * time.Second)
			took = append(took, p.take()...)
		}
		for range 20 {
			h.settleAt(2 * time.Minute)
			took = append(took, p.take()...)
		}
		keys, last := map[string]bool{}, int64(0)
		for _, o := range took {
			if keys[o.Key] || o.Cleared.Seq() <= last {
				t.Errorf("seed %d: seq %d after %d, taken before: %v", seed, o.Cleared.Seq(), last, keys[o.Key])
			}
			keys[o.Key], last = true, o.Cleared.Seq()
		}
		for _, s := range h.states() {
			if s != "sent" && s != "failed" && s != "unknown" {
				t.Errorf("seed %d: a text is left %s", seed, s)
			}
		}
	}
}

func TestBindingFollowsThePerson(t *testing.T) {
	ctx := context.Background()
	h := build(t, nil).open(flows.Verified, "d1")
	web := h.conv
	wx := &post{acct: bot.Account{Channel: "wechat", Name: "main", CreditorID: h.cred, Traits: oa}}
	line := &post{acct: bot.Account{Channel: "sms", Name: "main", CreditorID: h.cred, Signature: "安和消费金融", Traits: sms}}
	h.AttachSender(wx)
	h.AttachSender(line)
	h.write(wx, openid, "你好")
	token, err := h.BindTicket(ctx, "wechat", "main", openid)
	must(t, err)
	if _, err := h.BindClaim(ctx, token, "oOTHER", "张伟", "4419"); err == nil {
		t.Error("another openid used the ticket")
	}
	if _, err := h.BindClaim(ctx, token, openid, "张伟", "0000"); err == nil {
		t.Error("a wrong factor passed")
	}
	last4, err := h.BindClaim(ctx, token, openid, "张伟", "4419")
	if err != nil || last4 != "5521" {
		t.Fatalf("%q %v", last4, err)
	}
	h.drain(line, "+8613800005521")
	codes := line.take()
	if len(codes) != 1 || codes[0].Class != bot.OTP || codes[0].Address != "+8613800005521" {
		t.Fatalf("%+v", codes)
	}
	code := digits(parcels(codes))
	if err := h.BindConfirm(ctx, token, openid, "x"+code); err == nil {
		t.Error("a wrong code bound")
	}
	must(t, h.BindConfirm(ctx, token, openid, code))
	if err := h.BindConfirm(ctx, token, openid, code); err == nil {
		t.Error("a ticket worked twice")
	}
	if w := parcels(h.write(wx, openid, "我一共欠多少")); !strings.Contains(w, "11,821.40") {
		t.Errorf("bound and proved a moment ago: %s", w)
	}
	c, err := h.Conversation(ctx, web)
	must(t, err)
	if c.Channel != "wechat" {
		t.Errorf("the conversation stayed on %s", c.Channel)
	}
	h.conv = web
	h.wire.take()
	h.put("谢谢")
	must(t, h.Settle(ctx, web))
	if got := words(h.wire.take()); got == "" {
		t.Error("back on the web there is no answer")
	}
}

func digits(s string) string {
	for _, f := range strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' }) {
		if len(f) == 6 {
			return f
		}
	}
	return ""
}
