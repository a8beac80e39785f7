package webchat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"hejie/bot"
	"hejie/bot/guard"
	"hejie/flows"
)

// memDesk is a transcript in memory with the real filter in front of it. It stands in for the bot's store and turns only:
// whatever reaches the wire still had to be cleared.
type memDesk struct {
	t       testing.TB
	filter  *guard.Filter
	bus     bot.Bus
	channel *Channel
	now     func() time.Time

	mu      sync.Mutex
	convs   map[string]*bot.Conversation
	rows    map[string][]bot.Message
	drafts  map[string]guard.Recorded
	docs    map[string]bot.Document
	seen    map[string]int64 // conv/what
	typed   []bool
	opened  []bot.Opening
	failing bool // Recall answers an error
	broken  bool // Receive panics
	commit  time.Duration
}

// The bot is the desk of production.
var _ Desk = (*bot.Bot)(nil)

func newDesk(t testing.TB, now func() time.Time) *memDesk {
	d := &memDesk{
		t: t, bus: bot.NewBus(), now: now, convs: map[string]*bot.Conversation{}, rows: map[string][]bot.Message{},
		drafts: map[string]guard.Recorded{}, docs: map[string]bot.Document{}, seen: map[string]int64{},
	}
	var err error
	if d.filter, err = realFilter(); err != nil {
		t.Fatal(err)
	}
	return d
}

// realFilter is loaded once: it tests its own rules while loading. Each desk brings its ledger in the context.
var realFilter = sync.OnceValues(func() (*guard.Filter, error) { return guard.Default(ledgers{}) })

type (
	ledgers   struct{}
	ledgerKey struct{}
)

func (ledgers) Record(ctx context.Context, e guard.Entry) (guard.Recorded, error) {
	if l, ok := ctx.Value(ledgerKey{}).(guard.Ledger); ok {
		return l.Record(ctx, e)
	}
	return guard.Recorded{}, errors.New("no ledger")
}

func keep(l guard.Ledger) context.Context {
	return context.WithValue(context.Background(), ledgerKey{}, l)
}

type quoteLedger struct{}

func (quoteLedger) Record(context.Context, guard.Entry) (guard.Recorded, error) {
	return guard.Recorded{ClearanceID: "cq", MessageID: "mq"}, nil
}

// Record gives a passed draft its row and seq, once per draft.
func (d *memDesk) Record(_ context.Context, e guard.Entry) (guard.Recorded, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if e.Verdict.Decision != guard.Pass {
		return guard.Recorded{}, nil
	}
	if r, ok := d.drafts[e.Draft.ID]; ok {
		return r, nil
	}
	m := bot.Message{
		ConvID: e.Draft.To.ConversationID, Direction: "out", Author: string(e.Draft.Author), Kind: "text", Parts: e.Draft.Parts,
		Lang: e.Draft.Lang, ReplyID: e.Draft.ReplyID, State: "sending",
	}
	if e.Draft.Kind == guard.Notice {
		m.Kind = "notice"
	}
	m = d.append(m)
	r := guard.Recorded{ClearanceID: "c-" + m.ID, MessageID: m.ID, Seq: m.Seq}
	d.rows[m.ConvID][m.Seq-1].ClearanceID = r.ClearanceID
	d.drafts[e.Draft.ID] = r
	return r, nil
}

func (d *memDesk) append(m bot.Message) bot.Message {
	c := d.convs[m.ConvID]
	c.HeadSeq++
	m.Seq, m.AtMS = c.HeadSeq, d.now().UnixMilli()
	m.ID = fmt.Sprintf("m-%s-%d", m.ConvID, m.Seq)
	d.rows[m.ConvID] = append(d.rows[m.ConvID], m)
	return m
}

func (d *memDesk) Open(_ context.Context, o bot.Opening) (bot.Conversation, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.opened = append(d.opened, o)
	if o.DebtorRef == "nobody" {
		return bot.Conversation{}, bot.ErrNotFound
	}
	if o.DebtorRef != "" {
		for _, c := range d.convs {
			if c.DebtorID == o.DebtorRef && c.CreditorID == o.CreditorID && c.Control != bot.Closed {
				return *c, nil
			}
		}
	}
	id := fmt.Sprintf("conv%d", len(d.convs)+1)
	d.convs[id] = &bot.Conversation{
		ID: id, Epoch: "e1", CreditorID: o.CreditorID, DebtorID: o.DebtorRef, Channel: "web", Address: o.Address, Lang: "zh-Hans",
		Identity: o.Identity, Control: bot.ByBot, CreatedMS: d.now().UnixMilli(),
	}
	return *d.convs[id], nil
}

func (d *memDesk) Conversation(_ context.Context, id string) (bot.Conversation, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if c := d.convs[id]; c != nil {
		return *c, nil
	}
	return bot.Conversation{}, bot.ErrNotFound
}

func (d *memDesk) change(id string, do func(*bot.Conversation)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	do(d.convs[id])
}

func (d *memDesk) Receive(_ context.Context, in bot.Inbound) (bot.Accepted, error) {
	if d.commit > 0 {
		time.Sleep(d.commit)
	}
	acc, err := d.receive(in)
	if err == nil && !acc.Dup {
		d.bus.Publish(bot.Event{Kind: "message", ConvID: in.ConversationID, Seq: acc.Seq})
	}
	return acc, err
}

func (d *memDesk) receive(in bot.Inbound) (bot.Accepted, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.convs[in.ConversationID]
	if d.broken {
		panic("a fault in the bot")
	}
	if c == nil {
		return bot.Accepted{}, bot.ErrNotFound
	}
	for _, m := range d.rows[in.ConversationID] {
		if m.Direction == "in" && m.CID == in.ExternalID {
			if m.Text != in.Text || m.Kind != in.Kind || !reflect.DeepEqual(m.Action, in.Action) {
				return bot.Accepted{}, bot.ErrCIDConflict
			}
			return bot.Accepted{MessageID: m.ID, Seq: m.Seq, Dup: true}, nil
		}
	}
	if c.Control == bot.Closed {
		return bot.Accepted{}, bot.ErrClosed
	}
	m := d.append(bot.Message{
		ConvID: in.ConversationID, Direction: "in", Author: "debtor", Kind: in.Kind, CID: in.ExternalID, Text: in.Text, Action: in.Action,
	})
	return bot.Accepted{MessageID: m.ID, Seq: m.Seq}, nil
}

func (d *memDesk) Seen(_ context.Context, conv, what string, seq int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.seen[conv+"/"+what] = max(d.seen[conv+"/"+what], seq)
	d.seen["calls"]++
	return nil
}

func (d *memDesk) Typing(_ string, on bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.typed = append(d.typed, on)
}

func (d *memDesk) Recall(_ context.Context, conv string, as flows.Identity, after int64, limit int) ([]bot.Recalled, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.failing {
		return nil, fmt.Errorf("the database is away")
	}
	c := d.convs[conv]
	if c == nil {
		return nil, bot.ErrNotFound
	}
	var out []bot.Recalled
	for _, m := range d.rows[conv] {
		if m.Seq <= after || len(out) >= limit {
			continue
		}
		r := bot.Recalled{Message: m, Shown: true}
		if m.Direction == "out" {
			draft := guard.Draft{ID: m.ID, To: d.to(c), Author: guard.Author(m.Author), Kind: guard.Recalled, Lang: m.Lang, ReplyID: m.ReplyID, Parts: m.Parts}
			rec := guard.Recorded{ClearanceID: m.ClearanceID, MessageID: m.ID, Seq: m.Seq}
			r.Cleared, r.Shown = d.filter.Recall(draft, rec, guard.Facts{Now: d.now(), Zone: time.UTC, Identity: guard.Identity(as)})
			r.Message.Parts = nil
		}
		out = append(out, r)
	}
	return out, nil
}

func (d *memDesk) to(c *bot.Conversation) guard.Recipient {
	return guard.Recipient{Channel: "web", Address: c.Address, ConversationID: c.ID, DebtorID: c.DebtorID}
}

func (d *memDesk) Quote(ctx context.Context, conv string, a flows.Action) (guard.Cleared, error) {
	if a.Ref == "expired" {
		return guard.Cleared{}, bot.ErrOfferExpired
	}
	c, err := d.Conversation(ctx, conv)
	if err != nil {
		return guard.Cleared{}, err
	}
	data, _ := json.Marshal(map[string]any{"type": "plan_offer", "version": a.Version})
	cl, v, err := d.filter.Clear(keep(quoteLedger{}), guard.Draft{
		ID: "q", To: d.to(&c), Author: guard.Bot, Kind: guard.Reply, Lang: "zh-Hans",
		Parts: []guard.Part{{Role: "body", Text: hello}, {Role: "card", Text: help, Data: data}},
	}, d.facts())
	if err != nil {
		return cl, fmt.Errorf("%w: %+v", err, v)
	}
	return cl, nil
}

func (d *memDesk) Agreement(_ context.Context, conv, id string) (bot.Document, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if doc, ok := d.docs[id]; ok {
		return doc, nil
	}
	return bot.Document{}, bot.ErrNotFound
}

// Texts that pass the filter at any hour.
const (
	hello = "您好，请问有什么可以帮您？"
	help  = "您可以随时转人工。"
)

func (d *memDesk) facts() guard.Facts {
	return guard.Facts{Now: d.now(), Zone: time.UTC, Identity: guard.Verified, Control: guard.Bot, Creditor: "安和消费金融", Collector: "安和消费金融", Jurisdiction: "CN"}
}

// say clears parts and sends them the way the bot's delivery does.
func (d *memDesk) say(conv string, author guard.Author, kind guard.Kind, reply string, parts ...guard.Part) bot.Receipt {
	d.t.Helper()
	d.mu.Lock()
	c := *d.convs[conv]
	id := fmt.Sprintf("%s-d%d", conv, len(d.drafts)+1)
	d.mu.Unlock()
	facts := d.facts()
	if author == guard.Agent {
		facts.Control = guard.Agent
	}
	cl, v, err := d.filter.Clear(keep(d), guard.Draft{
		ID: id, To: d.to(&c), Author: author, Kind: kind, Lang: "zh-Hans", ReplyID: reply, Parts: parts,
	}, facts)
	if err != nil {
		d.t.Errorf("not cleared: %v %+v", err, v)
		return bot.Receipt{}
	}
	r, err := d.channel.Send(context.Background(), cl)
	if err != nil {
		d.t.Error(err)
	}
	d.bus.Publish(bot.Event{Kind: "message", ConvID: conv, Seq: cl.Seq()})
	return r
}

func (d *memDesk) reply(conv string) bot.Receipt {
	return d.say(conv, guard.Bot, guard.Reply, "greeting", guard.Part{Role: "body", Text: hello})
}

// memSessions keeps sessions in memory.
type memSessions struct {
	mu  sync.Mutex
	m   map[string]bot.Session
	jti map[string]bool
}

func newSessions() *memSessions {
	return &memSessions{m: map[string]bot.Session{}, jti: map[string]bool{}}
}

func (s *memSessions) CreateSession(_ context.Context, x bot.Session) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.m[x.TokenHash] = x
	return nil
}

func (s *memSessions) SessionByHash(_ context.Context, h string) (bot.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x, ok := s.m[h]
	if !ok {
		return x, bot.ErrNotFound
	}
	return x, nil
}

func (s *memSessions) TouchSession(_ context.Context, h string, ms int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.m[h]
	x.SeenMS = ms
	s.m[h] = x
	return nil
}

func (s *memSessions) RevokeSessions(_ context.Context, creditor, subject string) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var convs []string
	for h, x := range s.m {
		if x.CreditorID == creditor && x.Subject == subject && !x.Revoked {
			x.Revoked = true
			s.m[h] = x
			convs = append(convs, x.ConvID)
		}
	}
	return convs, nil
}

func (s *memSessions) UseTokenID(_ context.Context, creditor, jti string, _ int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.jti[creditor+"/"+jti] {
		return bot.ErrConflict
	}
	s.jti[creditor+"/"+jti] = true
	return nil
}

func (s *memSessions) ConversationOf(context.Context, string, string, string) (bot.Conversation, error) {
	return bot.Conversation{}, bot.ErrNotFound
}
