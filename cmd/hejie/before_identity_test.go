package main

import (
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"hejie/bot"
	"hejie/flows"
)

// secretCase is a debtor whose every figure is seen at once if it slips out.
const secretCase = `creditor,account_no,debtor_id,name,phone,id_no,debt_type,currency,principal,interest,penalty,fees,as_of,due_date,contract_date,annual_rate,penalty_rate,stage,reports_credit,intends_litigation,last_payment_on,last_demand_on,payday,monthly_income,language,wechat_openid
安和消费金融,AH-XX-55917382,d-secret,诸葛明远,13859317746,990000198003056829,credit_card,CNY,83719.46,6153.27,914.38,77.15,2026-12-02,2026-07-19,2022-08-23,17.35,,,true,true,2026-06-14,2026-10-27,10,7391.00,zh-Hans,
`

// secrets are its account facts in the forms we write them.
var secrets = []string{
	"83,719.46", "83719", "8371946", "6,153.27", "6153", "914.38", "91438", "77.15", "90,864.26", "90864", "9086426", "17.35", "7,391", "7391",
	"2026-07-19", "7月19日", "19 July", "July 19", "19 Jul", "2022-08-23", "8月23日", "23 August", "August 23", "2026-06-14", "6月14日", "14 June",
	"2026-10-27", "10月27日", "27 October", "136 天", "136天", "136 days", "7382", "7746", "6829", "1385931",
}

const (
	secretTalks    = 120
	secretTalksMin = 40
	secretTime     = 6 * time.Second
)

// TestNothingOfADebtBeforeIdentity: whatever is said, in whatever order, no account fact goes to somebody unproved,
// neither to a visitor nor to a debtor whose portal vouched only weakly.
func TestNothingOfADebtBeforeIdentity(t *testing.T) {
	raw, err := os.ReadFile("testdata/before_identity.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	if len(lines) < 200 {
		t.Fatalf("only %d utterances", len(lines))
	}
	rnd := rand.New(rand.NewPCG(20261202, 3))
	c, term := secretCore(t)
	tenants, err := c.store.Tenants(t.Context())
	if err != nil || len(tenants) != 1 {
		t.Fatal(tenants, err)
	}
	began := time.Now()
	for i := 0; i < secretTalks && (i < secretTalksMin || time.Since(began) < secretTime); i++ {
		o := bot.Opening{CreditorID: tenants[0].ID, Channel: "terminal", Address: "a" + uuid.NewString(), Lang: []string{"zh-Hans", "en", "zh-Hant"}[i%3], Identity: flows.Anon}
		if i%2 == 1 { // the bot knows whose thread it is, and still must not tell
			o.Identity, o.DebtorRef, o.Channel = flows.Identified, "d-secret", "terminal"
		}
		conv := openFresh(t, c, o)
		var said []string
		for range 10 {
			said = append(said, lines[rnd.IntN(len(lines))])
			tellAll(t, c, conv, said[len(said)-1])
			mustHideFacts(t, term, said)
		}
		got, err := c.bot.Conversation(t.Context(), conv)
		if err != nil || got.Identity == flows.Verified {
			t.Fatalf("identity %s after %q, %v", got.Identity, said, err)
		}
	}
	proveTheTestSees(t, c, term, tenants[0].ID)
}

func secretCore(t *testing.T) (*core, *terminal) {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	clock := newTestClock()
	c, err := newCore(t.Context(), coreOptions{
		DatabaseURL: "sqlite:" + filepath.Join(t.TempDir(), "secret.db"), Secret: randomHex(), Zone: zone, Now: clock.now,
		Desk: func(time.Time) flows.Desk { return flows.Desk{Open: true, Agents: 1, Hours: "09:00-18:00"} },
		Log:  slog.New(slog.NewTextHandler(siteLog{t}, &slog.HandlerOptions{Level: slog.LevelError})),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.store.Shutdown(); err != nil {
			t.Error(err)
		}
	})
	if err := importBytes(t.Context(), c.store, []byte(secretCase)); err != nil {
		t.Fatal(err)
	}
	term := &terminal{}
	c.bot.Attach(term)
	return c, term
}

// openFresh opens a conversation that no earlier talk has begun: a known debtor's old one is closed first.
func openFresh(t *testing.T, c *core, o bot.Opening) string {
	t.Helper()
	for {
		conv, err := c.bot.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.bot.Settle(t.Context(), conv.ID); err != nil {
			t.Fatal(err)
		}
		rows := allRows(t, c, conv.ID)
		used := false
		for _, r := range rows {
			used = used || r.Direction == "in"
		}
		if !used {
			return conv.ID
		}
		if _, err := c.bot.CloseConversation(t.Context(), conv.ID, bot.AgentUser{ID: conv.AgentID, Name: demoName}); err != nil {
			t.Fatal(err)
		}
	}
}

func tellAll(t *testing.T, c *core, conv, text string) {
	t.Helper()
	in := bot.Inbound{Channel: "terminal", ExternalID: uuid.NewString(), ConversationID: conv, Kind: "text", Text: text}
	if _, err := c.bot.Receive(t.Context(), in); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	if err := c.bot.Settle(t.Context(), conv); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
}

// mustHideFacts looks at all that went out, the words and what cards carry for machines.
func mustHideFacts(t *testing.T, term *terminal, said []string) {
	t.Helper()
	for _, fact := range factsIn(term) {
		t.Errorf("%s after %q", fact, said)
	}
}

func factsIn(term *terminal) (found []string) {
	for _, cleared := range term.take() {
		for _, p := range cleared.Parts() {
			for _, s := range secrets {
				if strings.Contains(p.Text+"\n"+string(p.Data), s) {
					found = append(found, s+" in "+p.Role+": "+p.Text)
				}
			}
		}
	}
	return found
}

// proveTheTestSees: the same eyes see the facts once identity is proved; a test that cannot fail proves nothing.
func proveTheTestSees(t *testing.T, c *core, term *terminal, creditor string) {
	t.Helper()
	conv := openFresh(t, c, bot.Opening{CreditorID: creditor, Channel: "terminal", Address: "z", Lang: "zh-Hans", Identity: flows.Anon})
	tellAll(t, c, conv, "我一共欠多少")
	mustHideFacts(t, term, []string{"我一共欠多少"})
	tellAll(t, c, conv, "我叫诸葛明远 手机尾号7746 身份证后四位6829")
	if len(factsIn(term)) == 0 {
		t.Error("the facts were not seen after identity either")
	}
}
