package prompts_test

import (
	"regexp"
	"testing"
	"time"
	"fmt"

	"hejie/bot/guard"
	"hejie/prompts"
)

var re = regexp.MustCompile(`\{([a-z0-9_]+)\}`)

func TestZZ(t *testing.T) {
	cat, err := prompts.Load()
	if err != nil { t.Fatal(err) }
	f, err := guard.Default(nil)
	if err != nil { t.Fatal(err) }
	bad := 0
	for _, lang := range cat.Langs() {
		for _, id := range cat.IDs() {
			x, _ := cat.Reply(lang, id)
			var figs []guard.Figure
			body := re.ReplaceAllStringFunc(x.Text, func(m string) string {
				n := m[1:len(m)-1]
				switch n {
				case "as_of", "first", "last", "case_due", "hold_until", "plan_next", "paid_on", "promise_on", "promise_latest", "date":
					figs = append(figs, guard.Figure{Kind: guard.Date, Text: "2026-12-15", Origin: "offer:x"})
					return prompts.Date(lang, 2026, time.December, 15)
				case "total", "principal", "interest", "penalty", "fees", "daily", "excess", "plan_total", "waived", "each", "plan_amount", "paid_amount", "promise_amount", "amount":
					figs = append(figs, guard.Figure{Kind: guard.Money, Value: 123456, Origin: "balance:x"})
					return prompts.Money(lang, "CNY", 123456)
				case "pct":
					figs = append(figs, guard.Figure{Kind: guard.Percent, Value: 5000, Origin: "offer:x"})
					return "50%"
				case "daily_rate":
					v := 0.0175
					if id == "S-TAX" { v = 0.05 }
					figs = append(figs, guard.Figure{Kind: guard.Percent, Value: int64(v*100+0.5), Origin: "statute:x"})
					return prompts.Percent(v)
				case "website", "pay_url":
					figs = append(figs, guard.Figure{Kind: guard.URL, Text: "https://anhe.example/pay", Origin: "creditor"})
					return "https://anhe.example/pay"
				case "hotline":
					figs = append(figs, guard.Figure{Kind: guard.Phone, Text: "4008001234", Origin: "creditor"})
					return "4008001234"
				case "desk_hours":
					figs = append(figs, guard.Figure{Kind: guard.Time, Text: "09:00-18:00", Origin: "creditor"}, guard.Figure{Kind: guard.Time, Text: "09:00", Origin: "creditor"}, guard.Figure{Kind: guard.Time, Text: "18:00", Origin: "creditor"})
					return "09:00-18:00"
				case "creditor": return "安和消费金融"
				case "collector": return "和解服务"
				case "name": return "小林"
				case "case_no", "no4":
					figs = append(figs, guard.Figure{Kind: guard.Ref, Text: "D261202-9F3A12BC", Origin: "case:x"})
					return "D261202-9F3A12BC"
				case "debt_type": return cat.Label(lang, "debt_type", "medical")
				}
				if st, ok := cat.Statement(id); ok {
					v := int64(st.Figures[n].Value)
					figs = append(figs, guard.Figure{Kind: guard.Count, Value: v, Origin: "statute:" + st.Figures[n].Basis})
					return fmt.Sprint(v)
				}
				figs = append(figs, guard.Figure{Kind: guard.Count, Value: 7, Origin: "offer:x"})
				return "7"
			})
			role := "body"
			if len(id) > 6 && id[:6] == "quick_" { role = "button" }
			d := guard.Draft{ID: id, Author: guard.Bot, Kind: guard.Reply, Lang: lang, ReplyID: id, Figures: figs, To: guard.Recipient{Channel: "web"},
				Parts: []guard.Part{{Role: role, Text: body}}}
			facts := guard.Facts{Now: time.Date(2026,12,2,10,0,0,0,time.UTC), Zone: time.UTC, Identity: guard.Verified, Control: guard.Bot, Creditor: "安和消费金融", Collector: "和解服务", DebtorName: "张建国",
				Jurisdiction: "CN", DebtType: "credit_card", Stage: "enforcement", IntendsLitigation: true, ReportsCredit: true, Asked: "legal_consequence", QuoteValidUntil: "2026-12-15"}
			if id == "limitation_notice" || id == "limitation_ask" { facts.LimitationExpired = true }
			if !x.Private { facts.Identity = guard.Anon; if len(figs) > 0 { facts.Identity = guard.Verified } }
			v := f.Check(d, facts)
			if v.Decision != guard.Pass {
				bad++
				s := ""
				for _, h := range v.Hits { s += fmt.Sprintf(" %s(%s %q)", h.Rule, h.Decision, h.Text) }
				t.Errorf("%s %s: %s%s\n   %s", lang, id, v.Decision, s, body)
			}
		}
	}
	t.Log(bad)
}
