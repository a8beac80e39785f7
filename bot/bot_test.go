package bot_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"hejie/bot"
	"hejie/bot/guard"
	"hejie/bot/store"
	"hejie/bot/understand"
	"hejie/flows"
	"hejie/flows/policy"
	"hejie/prompts"
)

// wire is a channel that keeps what was sent and can be told to fail.
type wire struct {
	mu   sync.Mutex
	sent []guard.Cleared
	fail error
}

func (*wire) Name() string { return "web" }

func (w *wire) Send(_ context.Context, c guard.Cleared) (bot.Receipt, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fail != nil {
		return bot.Receipt{}, w.fail
	}
	w.sent = append(w.sent, c)
	return bot.Receipt{State: "sent"}, nil
}

func (w *wire) take() []guard.Cleared {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := w.sent
	w.sent = nil
	return out
}

// house is a bot on a real store, filter, engine, grammar and texts.
type house struct {
	*bot.Bot
	t     testing.TB
	store *store.Store
	wire  *wire
	now   time.Time
	conv  string
	cred  string
}

const portfolio = `creditor,account_no,debtor_id,name,phone,id_no,debt_type,currency,principal,interest,penalty,fees,as_of,due_date,contract_date,annual_rate,penalty_rate,stage,reports_credit,intends_litigation,last_payment_on,last_demand_on,payday,monthly_income,language,wechat_openid
安和消费金融,CC-1,d1,张伟,13800005521,990000198603154419,credit_card,CNY,10840.00,813.00,108.40,60.00,2026-12-02,2026-09-30,2023-05-18,18.25,,,true,false,,,10,6200.00,zh-Hans,
安和消费金融,CC-2,d2,李秀兰,13800003308,990000195807220322,medical,CNY,6480.50,0,0,0,2026-12-02,2026-10-22,,,,,false,false,,,,,zh-Hans,
`

func build(t testing.TB, wrap func(*store.Store) bot.Keeping) *house {
	t.Helper()
	return buildWith(t, wrap, func(*bot.Options) {})
}

func buildWith(t testing.TB, wrap func(*store.Store) bot.Keeping, set func(*bot.Options)) *house {
	t.Helper()
	ctx := context.Background()
	zone, err := time.LoadLocation("Asia/Shanghai")
	must(t, err)
	h := &house{t: t, wire: &wire{}, now: time.Date(2026, 12, 2, 14, 30, 0, 0, zone)}
	st, err := store.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "t.db"), store.WithClock(func() time.Time { return h.now }))
	must(t, err)
	t.Cleanup(func() { must(t, st.Shutdown()) })
	h.store = st
	file := filepath.Join(t.TempDir(), "p.csv")
	must(t, os.WriteFile(file, []byte(portfolio), 0o600))
	rep, err := st.Import(ctx, file, store.ImportOptions{})
	must(t, err)
	if rep.Errors > 0 {
		t.Fatalf("portfolio: %+v", rep.Listed)
	}
	all, err := st.Tenants(ctx)
	must(t, err)
	tn := all[0]
	tn.Creditor = flows.Creditor{ID: tn.ID, Name: "安和消费金融", Collector: "衡信资产服务有限公司", Hotline: "400-000-0000", Website: "https://www.example.com", PayURL: "https://pay.example.com", Profile: "FI"}
	must(t, st.SaveTenant(ctx, tn))
	h.cred = tn.ID
	words, err := prompts.Load()
	must(t, err)
	engine, err := flows.NewEngine(words, flows.Options{OfferKey: bytes.Repeat([]byte("k"), 32)})
	must(t, err)
	filter, err := guard.Default(st)
	must(t, err)
	mind, err := understand.New()
	must(t, err)
	pol, err := policy.Default()
	must(t, err)
	var keep bot.Keeping = st
	if wrap != nil {
		keep = wrap(st)
	}
	o := bot.Options{
		Store: keep, Filter: filter, Engine: engine, Prompts: words, Understander: mind,
		Policy: func(string) *policy.Policy { return pol }, Bus: bot.NewBus(), Zone: zone, Node: "test",
		Desk: func(time.Time) flows.Desk { return flows.Desk{Open: true, Agents: 1, Hours: "09:00-18:00"} },
		Now:  func() time.Time { return h.now }, Log: slog.New(slog.NewTextHandler(shown{t}, &slog.HandlerOptions{Level: slog.LevelError})),
	}
	set(&o)
	h.Bot, err = bot.New(o)
	must(t, err)
	h.Attach(h.wire)
	return h
}

func (h *house) open(identity flows.Identity, ref string) *house {
	h.t.Helper()
	c, err := h.Open(context.Background(), bot.Opening{CreditorID: h.cred, DebtorRef: ref, Channel: "web", Address: "tab", Lang: "zh-Hans", Identity: identity})
	must(h.t, err)
	h.conv = c.ID
	must(h.t, h.Settle(context.Background(), h.conv))
	return h
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// say sends one message and returns what came back, as text.
func (h *house) say(text string) string {
	h.t.Helper()
	h.wire.take()
	h.put(text)
	must(h.t, h.Settle(context.Background(), h.conv))
	return words(h.wire.take())
}

func (h *house) put(text string) {
	h.t.Helper()
	_, err := h.Receive(context.Background(), bot.Inbound{Channel: "web", ExternalID: uuid.NewString(), ConversationID: h.conv, Kind: "text", Text: text, At: h.now})
	must(h.t, err)
}

func words(cs []guard.Cleared) string {
	var b strings.Builder
	for _, c := range cs {
		for _, p := range c.Parts() {
			b.WriteString(p.Text + "\n")
		}
	}
	return b.String()
}

func (h *house) control() bot.Conversation {
	h.t.Helper()
	c, err := h.Conversation(context.Background(), h.conv)
	must(h.t, err)
	return c
}

var lin = bot.AgentUser{ID: "a1", Login: "linqian", Name: "林倩", Role: "agent"}

func TestMainJobByChat(t *testing.T) {
	h := build(t, nil).open(flows.Anon, "")
	if got := h.say("我一共欠多少"); strings.Contains(got, "11,821.40") {
		t.Fatalf("a debt fact before identity: %s", got)
	}
	if got := h.say("我叫张伟 手机尾号5521 身份证后四位4419"); !strings.Contains(got, "11,821.40") {
		t.Fatalf("the question asked before identity was not answered: %s", got)
	}
	h.say("一次还不上 想分12期 每月12号")
	if got := h.say("确认"); got == "" {
		t.Fatal("no answer to the yes")
	}
	c := h.control()
	if c.State.Outcome != "plan_agreed" || c.Identity != flows.Verified {
		t.Fatalf("outcome %q identity %q", c.State.Outcome, c.Identity)
	}
	cf, err := h.CaseFile(context.Background(), h.conv)
	must(t, err)
	if len(cf.Arrangements) != 1 || cf.Arrangements[0].Count != 12 {
		t.Fatalf("arrangements %+v", cf.Arrangements)
	}
	h.say("确认") // a second yes makes no second agreement
	if cf, err = h.CaseFile(context.Background(), h.conv); err != nil || len(cf.Arrangements) != 1 {
		t.Fatalf("after a second yes: %+v %v", cf.Arrangements, err)
	}
	if n, bad, err := h.store.VerifyAudit(context.Background()); err != nil || bad != 0 || n == 0 {
		t.Fatalf("audit: %d lines, first bad %d, %v", n, bad, err)
	}
}

func TestBotIsSilentWhileAPersonHolds(t *testing.T) {
	ctx := context.Background()
	h := build(t, nil).open(flows.Verified, "d1")
	h.put("转人工") // the turn has not run when the person takes over
	_, err := h.TakeOver(ctx, h.conv, lin)
	must(t, err)
	must(t, h.Settle(ctx, h.conv))
	for _, c := range h.wire.take() {
		if c.Author() == guard.Bot && c.Kind() == guard.Reply && c.Seq() > 1 {
			t.Errorf("the bot spoke: %s", words([]guard.Cleared{c}))
		}
	}
	if got := h.say("我一共欠多少"); got != "" {
		t.Errorf("the bot answered: %s", got)
	}
	if _, err := h.TakeOver(ctx, h.conv, bot.AgentUser{ID: "a2", Name: "周琳"}); !errors.Is(err, bot.ErrNotHolder) {
		t.Errorf("a second person took over: %v", err)
	}
	if _, err := h.Submit(ctx, draft(h.conv, "a2", "您好")); !errors.Is(err, bot.ErrNotHolder) {
		t.Errorf("another person could speak: %v", err)
	}
	_, err = h.HandBack(ctx, h.conv, lin)
	must(t, err)
	must(t, h.Settle(ctx, h.conv))
	if got := h.say("我一共欠多少"); !strings.Contains(got, "11,821.40") {
		t.Errorf("after hand-back: %s", got)
	}
}

// A reply that was ready when a person took over is stopped for good; what the person says then is not held up by it.
func TestQueuedReplyIsStoppedByTakeOver(t *testing.T) {
	ctx := context.Background()
	var taken *house
	h := build(t, func(s *store.Store) bot.Keeping {
		return &lateTakeOver{Store: s, then: func() { _, err := taken.TakeOver(ctx, taken.conv, lin); must(t, err) }}
	}).open(flows.Verified, "d1")
	taken = h
	if got := h.say("我一共欠多少"); strings.Contains(got, "11,821.40") {
		t.Errorf("the bot spoke after the take-over: %s", got)
	}
	v, err := h.Submit(ctx, draft(h.conv, "a1", "您好，我是人工客服林倩。"))
	must(t, err)
	must(t, h.Settle(ctx, h.conv))
	if got := words(h.wire.take()); v.Decision != guard.Pass || !strings.Contains(got, "林倩") {
		t.Errorf("%+v: %q", v, got)
	}
}

// lateTakeOver lets a person take over between the commit of a turn and its delivery.
type lateTakeOver struct {
	*store.Store
	then func()
}

func (l *lateTakeOver) CommitTurn(ctx context.Context, r bot.TurnResult) error {
	err := l.Store.CommitTurn(ctx, r)
	if err == nil && len(r.Outbox) > 0 && l.then != nil {
		f := l.then
		l.then = nil
		f()
	}
	return err
}

func TestCrisisIsSeenWhileAPersonHolds(t *testing.T) {
	h := build(t, nil).open(flows.Verified, "d1")
	_, err := h.TakeOver(context.Background(), h.conv, lin)
	must(t, err)
	h.say("我不想活了")
	if !h.control().Crisis {
		t.Error("not flagged")
	}
}

func draft(conv, agent, text string) guard.Draft {
	return guard.Draft{ID: uuid.NewString(), To: guard.Recipient{ConversationID: conv}, AgentID: agent, Author: guard.Agent, Parts: []guard.Part{{Role: "body", Text: text}}}
}

func TestAgentsWordsPassTheSameFilter(t *testing.T) {
	ctx := context.Background()
	h := build(t, nil).open(flows.Verified, "d1")
	_, err := h.TakeOver(ctx, h.conv, lin)
	must(t, err)
	must(t, h.Settle(ctx, h.conv))
	h.wire.take()
	for _, bad := range []string{"再不还款你就要坐牢", "您一共欠 11,821.41 元"} {
		v, err := h.Submit(ctx, draft(h.conv, "a1", bad))
		must(t, err)
		must(t, h.Settle(ctx, h.conv))
		if v.Decision == guard.Pass || len(v.Hits) == 0 || len(h.wire.take()) != 0 {
			t.Errorf("%q: %+v", bad, v)
		}
	}
	v, err := h.Submit(ctx, draft(h.conv, "a1", "您好，我是人工客服林倩。您一共欠 11,821.40 元。"))
	must(t, err)
	must(t, h.Settle(ctx, h.conv))
	sent := h.wire.take()
	if v.Decision != guard.Pass || len(sent) != 1 || sent[0].Author() != guard.Agent {
		t.Fatalf("%+v, sent %s", v, words(sent))
	}
	lines, err := h.store.Audit(ctx, h.conv, 0, 100)
	must(t, err)
	if n := len(slices.DeleteFunc(lines, func(l bot.AuditLine) bool { return l.Verdict.Decision != guard.Block })); n < 2 {
		t.Errorf("stopped attempts on record: %d", n)
	}
}

func TestSendFailureIsNotGuessed(t *testing.T) {
	h := build(t, nil).open(flows.Verified, "d1")
	h.wire.fail = errors.New("line cut")
	h.put("我一共欠多少")
	must(t, h.Settle(context.Background(), h.conv))
	rows, err := h.Transcript(context.Background(), h.conv, 0, 50)
	must(t, err)
	last := rows[len(rows)-1]
	if last.Direction != "out" || last.State != "unknown" {
		t.Errorf("last row %s %s", last.Direction, last.State)
	}
}

func TestInboundLimits(t *testing.T) {
	h := build(t, nil).open(flows.Anon, "")
	for text, want := range map[string]error{"": bot.ErrEmpty, " \n ": bot.ErrEmpty, strings.Repeat("长", 4001): bot.ErrTooLarge} {
		if _, err := h.Receive(context.Background(), bot.Inbound{ConversationID: h.conv, ExternalID: "x" + fmt.Sprint(len(text)), Kind: "text", Text: text}); !errors.Is(err, want) {
			t.Errorf("%.10q: %v", text, err)
		}
	}
	if got := h.say("\xff\xfe坏字节"); got == "" {
		t.Error("broken bytes got no answer")
	}
}

func TestTwoTabsSendAtOnce(t *testing.T) {
	ctx := context.Background()
	h := build(t, nil).open(flows.Verified, "d1")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := h.Receive(ctx, bot.Inbound{Channel: "web", ExternalID: uuid.NewString(), ConversationID: h.conv, Kind: "text", Text: "你好"}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	must(t, h.Settle(ctx, h.conv))
	rows, err := h.Transcript(ctx, h.conv, 0, 100)
	must(t, err)
	for i, m := range rows {
		if m.Seq != int64(i+1) {
			t.Fatalf("row %d has seq %d", i, m.Seq)
		}
	}
}

// shown prints the bot's errors with the test that caused them.
type shown struct{ testing.TB }

func (s shown) Write(b []byte) (int, error) { s.Log(strings.TrimSpace(string(b))); return len(b), nil }
