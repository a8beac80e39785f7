package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"hejie/bot"
	"hejie/bot/guard"
	"hejie/bot/llm"
	"hejie/bot/store"
	"hejie/flows"
	"hejie/flows/calendar"
	"hejie/flows/policy"
)

// ChatCmd talks with the bot in the terminal: the same bot, filter, store and outbox as the server, on a throwaway database.
type ChatCmd struct {
	JSON   bool   `help:"One JSON line for each turn and one at the end."`
	Debtor string `type:"path" help:"JSON file with the debtor and the debt (default: a sample debtor)."`
	Now    string `help:"Set the clock (RFC 3339)."`
}

// Help shows an example.
func (ChatCmd) Help() string {
	return "Examples:\n  hejie chat\n  printf '我一共欠多少\\n' | hejie chat --json --debtor debtor.json --now 2026-12-02T14:30:00+08:00\n\n" +
		"A turn is a line of text, {\"action\":{…}} as the widget sends it, or {\"wait\":\"PT49H\"} to let time pass."
}

// Run reads turns until the input ends.
func (c *ChatCmd) Run(std *IO) error {
	d := sampleDebtor()
	if c.Debtor != "" {
		var err error
		if d, err = readDebtorFile(c.Debtor); err != nil {
			return err
		}
	}
	start := time.Now()
	if c.Now != "" {
		t, err := time.Parse(time.RFC3339, c.Now)
		if err != nil {
			return fmt.Errorf("%w: --now: %q is not RFC 3339", errUsage, c.Now)
		}
		start = t
	}
	dir, err := os.MkdirTemp("", "hejie-chat-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	ctx := context.Background()
	t, err := newTalk(ctx, d, "sqlite:"+filepath.Join(dir, "chat.db"), start)
	if err != nil {
		return err
	}
	talk := t.people
	if c.JSON {
		talk = t.json
	}
	return errors.Join(talk(ctx, std), t.core.store.Shutdown())
}

func sampleDebtor() debtorFile {
	return debtorFile{
		Name: "张伟", PhoneLast4: "5521", IDLast4: "4419", DebtType: "credit_card", Creditor: demoCreditor,
		Principal: 1084000, Interest: 81300, Penalty: 10840, Fees: 6000, DaysOverdue: 63, AnnualRate: 18.25, ReportsCredit: true, Payday: 10,
	}
}

// talk is one conversation in a terminal.
type talk struct {
	core *core
	conv string
	now  time.Time
	term *terminal
	rec  *recorder
}

// terminal is a bot.Channel that keeps what was sent until it is shown.
type terminal struct{ sent []guard.Cleared }

var _ bot.Channel = (*terminal)(nil)

func (*terminal) Name() string { return "terminal" }

func (t *terminal) Send(_ context.Context, c guard.Cleared) (bot.Receipt, error) {
	if err := c.Made(); err != nil {
		return bot.Receipt{State: "failed"}, err
	}
	t.sent = append(t.sent, c)
	return bot.Receipt{State: "sent"}, nil
}

func (t *terminal) take() []guard.Cleared {
	out := t.sent
	t.sent = nil
	return out
}

// recorder is the real store with the debtor file laid over its case, and a note of what became true.
type recorder struct {
	*store.Store
	file     debtorFile
	effects  []flows.Effect
	verdicts []guard.Verdict
}

func (r *recorder) CaseFile(ctx context.Context, creditorID, debtorID string) (flows.CaseFile, error) {
	cf, err := r.Store.CaseFile(ctx, creditorID, debtorID)
	return r.file.overlay(cf), err
}

func (r *recorder) CommitTurn(ctx context.Context, t bot.TurnResult) error {
	err := r.Store.CommitTurn(ctx, t)
	if err == nil {
		r.effects = append(r.effects, t.Effects...)
		for _, o := range t.Outbox { // what passes is judged and recorded again on delivery
			if o.Verdict.Decision != guard.Pass {
				r.verdicts = append(r.verdicts, o.Verdict)
			}
		}
	}
	return err
}

func (r *recorder) Record(ctx context.Context, e guard.Entry) (guard.Recorded, error) {
	r.verdicts = append(r.verdicts, e.Verdict)
	return r.Store.Record(ctx, e)
}

func newTalk(ctx context.Context, d debtorFile, url string, start time.Time) (*talk, error) {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		return nil, err
	}
	agents := 1
	if d.Desk.Agents != nil {
		agents = *d.Desk.Agents
	}
	dk, err := newDesk(or(d.Desk.Open, "09:00-18:00"), agents, zone)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUsage, err)
	}
	base, err := policy.Default()
	if err != nil {
		return nil, err
	}
	pol, err := base.Override(d.Policy)
	if err != nil {
		return nil, fmt.Errorf("%w: policy: %w", errUsage, err)
	}
	t := &talk{now: start, term: &terminal{}}
	t.core, err = newCore(ctx, coreOptions{
		DatabaseURL: url, Secret: randomHex(), Zone: zone, Now: func() time.Time { return t.now }, Desk: dk.at, Policy: pol,
		LLM: llmFromEnv(), Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
		Wrap: func(s *store.Store) bot.Keeping { t.rec = &recorder{Store: s, file: d}; return t.rec },
	})
	if err != nil {
		return nil, err
	}
	t.core.bot.Attach(t.term)
	return t, errors.Join(t.seed(ctx, d, zone))
}

func llmFromEnv() llm.Config {
	c, err := loadConfig(os.Environ())
	if err != nil {
		return llm.Config{}
	}
	return c.llm()
}

// seed imports the debtor and opens the conversation.
func (t *talk) seed(ctx context.Context, d debtorFile, zone *time.Location) error {
	row, err := d.portfolioRow(calendar.Today(t.now, zone))
	if err != nil {
		return err
	}
	if err := importBytes(ctx, t.core.store, row); err != nil {
		return fmt.Errorf("%w: debtor file: %w", errUsage, err)
	}
	all, err := t.core.store.Tenants(ctx)
	if err != nil {
		return err
	}
	tn := all[0]
	tn.Creditor = flows.Creditor{ID: tn.ID, Name: d.creditor(), Collector: collectorIn(d.Lang), Hotline: "400-000-0000",
		Website: "https://pay.example.com", PayURL: "https://pay.example.com", Profile: "FI"}
	if err := t.core.store.SaveTenant(ctx, tn); err != nil {
		return err
	}
	o := bot.Opening{CreditorID: tn.ID, Channel: "terminal", Address: "terminal", Lang: d.Lang, Identity: flows.Anon}
	if d.Verified {
		o.Identity, o.DebtorRef = flows.Verified, "chat"
	}
	conv, err := t.core.bot.Open(ctx, o)
	if err != nil {
		return err
	}
	t.conv = conv.ID
	return t.core.bot.Settle(ctx, t.conv)
}

// collectorIn is the made-up collector's name as a person who reads this language would see it.
func collectorIn(lang string) string {
	switch lang {
	case "en":
		return "Hengxin Asset Services Ltd"
	case "zh-Hant":
		return "衡信資產服務有限公司"
	}
	return demoCollector
}

// errBadLine: meant for the program, not said by the debtor, and not readable.
var errBadLine = errors.New("not an action or a wait")

// turn is one line of input.
func (t *talk) turn(ctx context.Context, line string) error {
	var cmd struct {
		Action *flows.Action `json:"action"`
		Wait   string        `json:"wait"`
	}
	in := bot.Inbound{Channel: "terminal", ExternalID: uuid.NewString(), ConversationID: t.conv, Kind: "text", Text: line, At: t.now}
	if s := strings.TrimSpace(line); strings.HasPrefix(s, "{") {
		err := json.Unmarshal([]byte(s), &cmd)
		switch {
		case err == nil && cmd.Wait != "":
			return t.wait(ctx, cmd.Wait)
		case err == nil && cmd.Action != nil:
			in.Kind, in.Action, in.Text = "action", cmd.Action, ""
		case strings.HasPrefix(s, `{"action"`), strings.HasPrefix(s, `{"wait"`):
			return errBadLine
		}
	}
	if _, err := t.core.bot.Receive(ctx, in); err != nil {
		return err
	}
	return t.core.bot.Settle(ctx, t.conv)
}

func (t *talk) wait(ctx context.Context, iso string) error {
	d, err := parseISODuration(iso)
	if err != nil {
		return err
	}
	t.now = t.now.Add(d)
	if err := t.core.bot.Silence(ctx, t.conv); err != nil {
		return err
	}
	return t.core.bot.Settle(ctx, t.conv)
}

// eachTurn reads lines without a limit that could lose words: an over-long one reaches the bot, which refuses it clearly.
func eachTurn(r io.Reader, f func(string) error) error {
	in := bufio.NewReader(r)
	for {
		line, err := in.ReadString('\n')
		if s := strings.TrimRight(line, "\r\n"); strings.TrimSpace(s) != "" {
			if ferr := f(s); ferr != nil {
				return ferr
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
