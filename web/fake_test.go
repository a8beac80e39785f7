package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"hejie/bot"
	"hejie/bot/guard"
	"hejie/flows"
	"hejie/flows/arrange"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// The fakes keep a small desk in memory: real enough for the HTTP face, which is what these tests are about.

type fakeBus struct {
	mu   sync.Mutex
	subs map[chan bot.Event]struct{}
}

func newFakeBus() *fakeBus { return &fakeBus{subs: map[chan bot.Event]struct{}{}} }

func (b *fakeBus) Publish(e bot.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for c := range b.subs {
		select {
		case c <- e:
		default:
		}
	}
}

func (b *fakeBus) Subscribe() (<-chan bot.Event, func()) {
	c := make(chan bot.Event, 64)
	b.mu.Lock()
	b.subs[c] = struct{}{}
	b.mu.Unlock()
	return c, func() { b.mu.Lock(); delete(b.subs, c); b.mu.Unlock() }
}

type fakeConsole struct {
	mu       sync.Mutex
	agents   map[string]bot.AgentUser
	notes    map[string][]bot.Note
	audit    []bot.AuditLine
	sessions map[string][]byte
	auditErr error
	queue    func() []bot.QueueItem
}

func newFakeConsole() *fakeConsole {
	return &fakeConsole{agents: map[string]bot.AgentUser{}, notes: map[string][]bot.Note{}, sessions: map[string][]byte{}}
}

func (f *fakeConsole) AgentByLogin(_ context.Context, login string) (bot.AgentUser, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.agents {
		if a.Login == login {
			return a, nil
		}
	}
	return bot.AgentUser{}, fmt.Errorf("fake: %w", bot.ErrNotFound)
}

func (f *fakeConsole) Agent(_ context.Context, id string) (bot.AgentUser, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if a, ok := f.agents[id]; ok {
		return a, nil
	}
	return bot.AgentUser{}, fmt.Errorf("fake: %w", bot.ErrNotFound)
}

func (f *fakeConsole) AddAgent(_ context.Context, a bot.AgentUser) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.agents[a.ID] = a
	return nil
}

func (f *fakeConsole) Queue(_ context.Context, _, agentID, filter, search string, limit int) ([]bot.QueueItem, error) {
	var out []bot.QueueItem
	for _, it := range f.queue() {
		if inFilter(it, agentID, filter) && strings.Contains(it.DebtorName+it.LastText, search) && len(out) < limit {
			out = append(out, it)
		}
	}
	return out, nil
}

func inFilter(it bot.QueueItem, agentID, filter string) bool {
	switch filter {
	case "waiting":
		return it.Control == bot.InQueue
	case "mine":
		return it.AgentID == agentID
	case "held":
		return it.HeldDrafts > 0
	case "crisis":
		return it.Crisis
	}
	return true
}

func (f *fakeConsole) QueueCounts(_ context.Context, _, agentID string) (map[string]int, error) {
	out := map[string]int{}
	for _, it := range f.queue() {
		for _, filter := range []string{"all", "waiting", "mine", "held", "crisis"} {
			if inFilter(it, agentID, filter) {
				out[filter]++
			}
		}
	}
	return out, nil
}

func (f *fakeConsole) AddNote(_ context.Context, n bot.Note) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.notes[n.ConvID] = append(f.notes[n.ConvID], n)
	return nil
}

func (f *fakeConsole) Notes(_ context.Context, id string) ([]bot.Note, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]bot.Note(nil), f.notes[id]...), nil
}

func (f *fakeConsole) Audit(_ context.Context, conv string, after int64, limit int) ([]bot.AuditLine, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []bot.AuditLine
	for _, l := range f.audit {
		if l.N > after && (conv == "" || l.ConvID == conv) && len(out) < limit {
			out = append(out, l)
		}
	}
	return out, nil
}

func (f *fakeConsole) LogAudit(_ context.Context, kind, actor, conv string, detail any) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.auditErr != nil {
		return f.auditErr
	}
	d, err := json.Marshal(detail)
	if err != nil {
		return err
	}
	n := int64(len(f.audit) + 1)
	f.audit = append(f.audit, bot.AuditLine{N: n, ID: fmt.Sprint("a", n), Kind: kind, Actor: actor, ConvID: conv, Detail: string(d)})
	return nil
}

// kinds lists what was audited, oldest first.
func (f *fakeConsole) kinds() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []string
	for _, l := range f.audit {
		out = append(out, l.Kind)
	}
	return out
}

func (f *fakeConsole) SessionFind(_ context.Context, token string) ([]byte, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	d, ok := f.sessions[token]
	return d, ok, nil
}

func (f *fakeConsole) SessionCommit(_ context.Context, token string, data []byte, _ int64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sessions[token] = data
	return nil
}

func (f *fakeConsole) SessionDelete(_ context.Context, token string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.sessions, token)
	return nil
}

type fakeDesk struct {
	mu        sync.Mutex
	now       func() time.Time
	bus       *fakeBus
	convs     map[string]*bot.Conversation
	order     []string
	msgs      map[string][]bot.Message
	held      map[string][]bot.Outgoing
	files     map[string]flows.CaseFile
	judge     func(lang, text string) guard.Verdict
	submitted []guard.Draft
	typing    []string
	console   *fakeConsole
	submitErr error
}

func (d *fakeDesk) Conversation(_ context.Context, id string) (bot.Conversation, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if c, ok := d.convs[id]; ok {
		return *c, nil
	}
	return bot.Conversation{}, fmt.Errorf("fake: %w", bot.ErrNotFound)
}

func (d *fakeDesk) move(id string, agent bot.AgentUser, to bot.Control) (bot.Conversation, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c, ok := d.convs[id]
	switch {
	case !ok:
		return bot.Conversation{}, bot.ErrNotFound
	case c.Control == bot.Closed:
		return bot.Conversation{}, bot.ErrClosed
	case c.Control == bot.ByAgent && c.AgentID != agent.ID:
		return bot.Conversation{}, bot.ErrNotHolder
	case to == bot.ByBot && c.Control != bot.ByAgent:
		return bot.Conversation{}, bot.ErrNotHolder
	}
	c.Control, c.AgentID, c.WaitingMS = to, "", 0
	if to == bot.ByAgent {
		c.AgentID = agent.ID
	}
	d.bus.Publish(bot.Event{Kind: "control", ConvID: id, Name: agent.Name})
	return *c, nil
}

func (d *fakeDesk) TakeOver(_ context.Context, id string, a bot.AgentUser) (bot.Conversation, error) {
	return d.move(id, a, bot.ByAgent)
}
func (d *fakeDesk) HandBack(_ context.Context, id string, a bot.AgentUser) (bot.Conversation, error) {
	return d.move(id, a, bot.ByBot)
}
func (d *fakeDesk) CloseConversation(_ context.Context, id string, a bot.AgentUser) (bot.Conversation, error) {
	return d.move(id, a, bot.Closed)
}

func (d *fakeDesk) Submit(_ context.Context, dr guard.Draft) (guard.Verdict, error) {
	if d.submitErr != nil {
		return guard.Verdict{}, d.submitErr
	}
	v := d.judge(dr.Lang, dr.Parts[0].Text)
	d.mu.Lock()
	d.submitted = append(d.submitted, dr)
	d.mu.Unlock()
	if v.Decision == guard.Pass {
		d.say(dr.To.ConversationID, bot.Message{Direction: "out", Author: string(dr.Author), AgentID: dr.AgentID, Kind: "text",
			Parts: dr.Parts, State: "sent", Lang: dr.Lang}, v)
	}
	return v, nil
}

// say appends a message and, for an outgoing one, its clearance.
func (d *fakeDesk) say(id string, m bot.Message, v guard.Verdict) {
	d.mu.Lock()
	c := d.convs[id]
	c.HeadSeq++
	m.ConvID, m.Seq, m.ID = id, c.HeadSeq, fmt.Sprint(id, "-", c.HeadSeq)
	if m.AtMS == 0 {
		m.AtMS = d.now().UnixMilli()
	}
	if m.Direction == "out" {
		m.ClearanceID = "clr-" + m.ID
		d.console.mu.Lock()
		d.console.audit = append(d.console.audit, bot.AuditLine{N: int64(len(d.console.audit) + 1), ID: m.ClearanceID,
			Kind: "clearance", ConvID: id, Verdict: v})
		d.console.mu.Unlock()
	}
	d.msgs[id] = append(d.msgs[id], m)
	seq := c.HeadSeq
	d.mu.Unlock()
	d.bus.Publish(bot.Event{Kind: "message", ConvID: id, Seq: seq})
}

func (d *fakeDesk) CheckDraft(_ context.Context, id, _, _, text string) (guard.Verdict, error) {
	c, err := d.Conversation(context.Background(), id)
	return d.judge(c.Lang, text), err
}

func (d *fakeDesk) Transcript(_ context.Context, id string, after int64, limit int) ([]bot.Message, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []bot.Message
	for _, m := range d.msgs[id] {
		if m.Seq > after && len(out) < limit {
			out = append(out, m)
		}
	}
	return out, nil
}

func (d *fakeDesk) Held(_ context.Context, id string) ([]bot.Outgoing, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]bot.Outgoing(nil), d.held[id]...), nil
}

func (d *fakeDesk) CaseFile(_ context.Context, id string) (flows.CaseFile, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f, ok := d.files[id]
	if !ok {
		return f, errors.New("fake: no case file")
	}
	return f, nil
}

func (d *fakeDesk) AgentTyping(conv, name string, on bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.typing = append(d.typing, fmt.Sprint(conv, " ", name, " ", on))
}

// items is the queue as the store would list it.
func (d *fakeDesk) items() []bot.QueueItem {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []bot.QueueItem
	for _, id := range d.order {
		c := d.convs[id]
		it := bot.QueueItem{Conversation: *c, DebtorName: d.files[id].Debtor.Name, HeldDrafts: len(d.held[id])}
		if acc := d.files[id].Accounts; len(acc) > 0 {
			it.DebtType = acc[0].DebtType
		}
		if a, ok := d.console.agents[c.AgentID]; ok {
			it.AgentName = a.Name
		}
		for _, m := range d.msgs[id] {
			if m.Direction == "in" {
				it.LastText, it.LastAuthor = m.Text, m.Author
			}
		}
		if h := d.files[id].Holds; len(h) > 0 {
			it.HoldReason = h[0].Reason
		}
		out = append(out, it)
	}
	return out
}

// sampleFile is a debtor with one card debt whose parts sum to the total.
func sampleFile(name, debtType string) flows.CaseFile {
	on := func(s string) calendar.Date { d, _ := calendar.ParseDate(s); return d }
	acc := flows.AccountFile{Account: arrange.Account{ID: "acc-1", DebtType: debtType, Currency: "CNY", DaysPastDue: 63, Stage: "d31-90",
		Balance: ledger.Balance{Principal: 1_084_000, Interest: 81_300, Penalty: 10_840, Fees: 6_000, AsOf: on("2026-12-02")}},
		No: "6225880012347710", DailyInterest: 542,
		Entries: []ledger.Entry{
			{ID: "e1", AccountID: "acc-1", Kind: ledger.Charge, Component: ledger.Principal, Amount: 1_084_000, On: on("2026-07-05"), Basis: "statement"},
			{ID: "e2", AccountID: "acc-1", Kind: ledger.Charge, Component: ledger.Interest, Amount: 81_300, On: on("2026-12-02"), Basis: "clause 12"},
			{ID: "e3", AccountID: "acc-1", Kind: ledger.Charge, Component: ledger.Penalty, Amount: 10_840, On: on("2026-10-01"), Basis: "clause 14"},
			{ID: "e4", AccountID: "acc-1", Kind: ledger.Charge, Component: ledger.Fees, Amount: 6_000, On: on("2026-10-01"), Basis: "tariff 3"}}}
	return flows.CaseFile{Lang: "zh-Hans", Creditor: flows.Creditor{ID: "anhe", Name: "安和消费金融", Collector: "安和消费金融"},
		Debtor: flows.Debtor{ID: "d-" + name, Name: name}, Accounts: []flows.AccountFile{acc}}
}
