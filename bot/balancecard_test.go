package bot

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"hejie/flows"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
	"hejie/prompts"
)

// The balance card says in words how each part came about, and never shows a reference that is for machines.
func TestBalanceInWords(t *testing.T) {
	words, err := prompts.Load()
	if err != nil {
		t.Fatal(err)
	}
	b := &Bot{words: words, log: slog.Default()}
	day := calendar.DateOf(time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC))
	card := flows.BalanceCard{
		Currency: "CNY", Balance: ledger.Balance{Principal: 900, AsOf: day},
		Parts: []flows.BalancePart{
			{Component: ledger.Principal, Amount: 900, How: []flows.BalanceHow{{Kind: ledger.Charge, On: day, Amount: 1000}, {Kind: ledger.Payment, On: day, Amount: -100}}},
			{Component: ledger.Fees},
		},
		Lines: []ledger.Entry{
			{ID: "e1", Kind: ledger.Charge, Basis: "import:file.csv#3"}, {ID: "e2", Kind: ledger.Payment, Basis: "payment:ref-9"}, {ID: "e3", Kind: ledger.Charge, Basis: "合同第 5 条"},
		},
	}
	for _, lang := range words.Langs() {
		wire := map[string]any{}
		text, err := b.balanceWire(lang, card, wire)
		if err != nil {
			t.Fatal(lang, err)
		}
		lines := wire["statement"].([]statementLine)
		if len(lines) != 2 || len(lines[0].How) != 2 || len(lines[1].How) != 0 || lines[0].Label == "" {
			t.Errorf("%s: %+v", lang, lines)
		}
		if !strings.Contains(text, "10.00") || !strings.Contains(text, "1.00") || strings.Count(text, "\n") != 1 {
			t.Errorf("%s: %s", lang, text)
		}
		said := flows.Reply{Slots: map[string]flows.Value{"total": {}, "principal": {}, "as_of": {}}}
		if rest := withoutSum(said, text); rest == text || !strings.HasSuffix(text, "\n"+rest) || !strings.Contains(rest, "10.00") {
			t.Errorf("%s: the sum is said twice: %q", lang, rest)
		}
		if withoutSum(flows.Reply{}, text) != text {
			t.Errorf("%s: the sum is not said at all", lang)
		}
		labels := wire["labels"].(map[string]string)
		if labels["e3"] != "合同第 5 条" || strings.Contains(labels["e1"]+labels["e2"], ":") {
			t.Errorf("%s: %v", lang, labels)
		}
	}
}
