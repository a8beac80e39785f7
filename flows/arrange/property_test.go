package arrange

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// figure draws money with the awkward values over-represented.
func figure() *rapid.Generator[ledger.Amount] {
	return rapid.OneOf(
		rapid.Just(ledger.Amount(0)), rapid.Just(ledger.Amount(1)),
		rapid.Map(rapid.Int64Range(0, 20_000), func(v int64) ledger.Amount { return ledger.Amount(v) }),
		rapid.Map(rapid.Int64Range(0, 20_000_000), func(v int64) ledger.Amount { return ledger.Amount(v) }),
		rapid.Map(rapid.Int64Range(0, 1e12), func(v int64) ledger.Amount { return ledger.Amount(v) }),
	)
}

func someDate(t *rapid.T, today calendar.Date, name string) calendar.Date {
	if !rapid.Bool().Draw(t, name+" given") {
		return calendar.Date{}
	}
	return today.AddDays(rapid.IntRange(-40, 400).Draw(t, name))
}

func someLimits(t *rapid.T) Limits {
	l := Limits{
		Policy:              "test-1",
		MinCount:            rapid.IntRange(1, 6).Draw(t, "min count"),
		MinMonthly:          ledger.Amount(rapid.Int64Range(0, 50_000).Draw(t, "min monthly")),
		MaxFirstDueDays:     rapid.IntRange(1, 90).Draw(t, "first due days"),
		MaxDeferDays:        rapid.IntRange(0, 120).Draw(t, "defer days"),
		MaxPenaltyWaiverPct: rapid.IntRange(0, 100).Draw(t, "penalty pct"),
		MaxInterestWaivePct: rapid.IntRange(0, 100).Draw(t, "interest pct"),
		WaiverWithinDays:    rapid.IntRange(0, 30).Draw(t, "waiver days"),
		MinSettlement:       figure().Draw(t, "min settlement"),
		QuoteHours:          rapid.IntRange(1, 400).Draw(t, "quote hours"),
		TokenMin:            ledger.Amount(rapid.Int64Range(0, 10_000).Draw(t, "token min")),
		TokenMonths:         rapid.IntRange(0, 24).Draw(t, "token months"),
		InformOnly:          rapid.IntRange(0, 20).Draw(t, "inform only") == 0,
		Authority:           map[Kind]string{},
	}
	l.MaxCount = l.MinCount + rapid.IntRange(0, 60).Draw(t, "max count")
	for _, k := range Kinds {
		l.Authority[k] = rapid.SampledFrom([]string{ByBot, ByBot, ByAgent, ByNobody}).Draw(t, "authority "+string(k))
	}
	if rapid.Bool().Draw(t, "contract order") {
		l.Order = ledger.Order{ledger.Principal, ledger.Interest, ledger.Penalty, ledger.Fees}
	}
	return l
}

func someRequest(t *rapid.T) Request {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 1000*24*60).Draw(t, "now")) * time.Minute)
	zone := time.FixedZone("", rapid.SampledFrom([]int{0, 8 * 3600, -5 * 3600}).Draw(t, "zone"))
	today := calendar.Today(now, zone)
	r := Request{Now: now, Zone: zone, Limits: someLimits(t)}
	r.Account = Account{
		ID: "acc", DebtType: "credit_card", Currency: "CNY",
		Balance: ledger.Balance{Principal: figure().Draw(t, "principal"), Interest: figure().Draw(t, "interest"),
			Penalty: figure().Draw(t, "penalty"), Fees: figure().Draw(t, "fees"), AsOf: today},
		Excess: rapid.OneOf(rapid.Just(ledger.Amount(0)), figure()).Draw(t, "excess"),
	}
	if rapid.Bool().Draw(t, "means told") {
		in, out := figure().Draw(t, "income"), figure().Draw(t, "outgoings")
		r.Means = Means{MonthlyIncome: &in, MonthlyOutgoings: &out}
	}
	r.Means.Payday = rapid.SampledFrom([]int{0, 0, 1, 10, 15, 28, 31}).Draw(t, "payday")
	r.Ask = Ask{
		Kind:       rapid.SampledFrom(append([]Kind{"", "", ""}, Kinds...)).Draw(t, "kind"),
		Count:      rapid.SampledFrom([]int{0, 0, 1, 2, 6, 12, 36, 60, 10000}).Draw(t, "count"),
		Monthly:    rapid.OneOf(rapid.Just(ledger.Amount(0)), figure()).Draw(t, "monthly"),
		Lump:       rapid.OneOf(rapid.Just(ledger.Amount(0)), figure()).Draw(t, "lump"),
		DayOfMonth: rapid.SampledFrom([]int{0, 0, 1, 12, 29, 30, 31}).Draw(t, "day"),
		FirstDue:   someDate(t, today, "first due"),
		DeferTo:    someDate(t, today, "defer to"),
	}
	return r
}

// TestNoOfferOutsideTheRules is the promise of the package, checked by a second reading of the rules.
func TestNoOfferOutsideTheRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := someRequest(t)
		a := Quote(r)
		checkAnswer(t, r, a)
		for _, o := range a.Offers {
			checkSums(t, r, o)
			checkDates(t, r, o)
			checkLimits(t, r, o)
			checkReasons(t, r, a, o)
		}
		if again := Quote(r); !reflect.DeepEqual(a, again) {
			t.Fatalf("same facts, other answer:\n%+v\n%+v", a, again)
		}
	})
}

func checkAnswer(t *rapid.T, r Request, a Answer) {
	switch {
	case a.Ask == AskRefused && len(a.Offers) > 0, a.Ask != AskRefused && len(a.Offers) == 0:
		t.Fatalf("%s with %d offers", a.Ask, len(a.Offers))
	case a.Ask == AskNearest && len(a.Refused) == 0, a.Ask == AskRefused && len(a.Refused) == 0:
		t.Fatalf("%s without a refusal", a.Ask)
	case len(a.Offers) > maxOffers:
		t.Fatalf("%d offers", len(a.Offers))
	case r.Limits.InformOnly && len(a.Offers) > 0:
		t.Fatal("an offer where nobody may arrange anything")
	}
	for _, x := range a.Refused {
		if len(x.Why) == 0 || !knownCode(x.Why[0].Code) {
			t.Fatalf("refusal of %s without a known reason: %+v", x.Kind, x.Why)
		}
	}
	seen := map[string]bool{}
	for _, o := range a.Offers {
		if o.ID == "" || seen[o.ID] {
			t.Fatalf("offer id %q missing or twice", o.ID)
		}
		seen[o.ID] = true
	}
}

func knownCode(code string) bool {
	for _, c := range Codes {
		if c == code {
			return true
		}
	}
	return false
}

func lawfulTotal(r Request) ledger.Amount {
	b := r.Account.Balance
	return b.Total() - min(r.Account.Excess, b.Interest+b.Penalty+b.Fees)
}

func checkSums(t *rapid.T, r Request, o Offer) {
	var total ledger.Amount
	var parts ledger.Balance
	for i, in := range o.Instalments {
		if in.N != i+1 || in.Amount <= 0 || in.Principal < 0 || in.Interest < 0 || in.Penalty < 0 || in.Fees < 0 {
			t.Fatalf("instalment %+v", in)
		}
		if in.Principal+in.Interest+in.Penalty+in.Fees != in.Amount {
			t.Fatalf("parts do not sum: %+v", in)
		}
		total += in.Amount
		parts.Principal += in.Principal
		parts.Interest += in.Interest
		parts.Penalty += in.Penalty
		parts.Fees += in.Fees
	}
	if total != o.Total {
		t.Fatalf("schedule sums to %d, total is %d", total, o.Total)
	}
	for _, c := range ledger.Components {
		if parts.Get(c) > r.Account.Balance.Get(c) {
			t.Fatalf("%s: %d is asked, %d is owed", c, parts.Get(c), r.Account.Balance.Get(c))
		}
	}
	owed := lawfulTotal(r)
	switch {
	case o.Kind == Token && (o.Total >= owed || o.Waived != 0):
		t.Fatalf("token plan of %d for %d", o.Total, owed)
	case o.Kind != Token && o.Total+o.Waived != owed:
		t.Fatalf("%s: %d + %d waived is not %d", o.Kind, o.Total, o.Waived, owed)
	}
}

func checkDates(t *rapid.T, r Request, o Offer) {
	today := calendar.Today(r.Now, r.Zone)
	before := today
	for _, in := range o.Instalments {
		if !in.Due.After(before) {
			t.Fatalf("%s is not after %s", in.Due, before)
		}
		before = in.Due
	}
	var last int
	switch o.Kind {
	case Instalments, Token:
		last = r.Limits.MaxFirstDueDays
	case Deferral:
		last = r.Limits.MaxDeferDays
	default:
		last = r.Limits.WaiverWithinDays
		if last == 0 {
			last = payDefault
		}
	}
	if d := o.First().DaysSince(today); d > last {
		t.Fatalf("%s first due in %d days, at most %d allowed", o.Kind, d, last)
	}
	if !o.ValidUntil.After(r.Now.Truncate(time.Millisecond)) || o.ValidUntil.After(r.Now.Add(time.Duration(r.Limits.QuoteHours)*time.Hour)) {
		t.Fatalf("valid until %s at %s", o.ValidUntil, r.Now)
	}
}

func checkLimits(t *rapid.T, r Request, o Offer) {
	l, n := r.Limits, len(o.Instalments)
	if by := l.Authority[o.Kind]; by != ByBot && by != ByAgent || o.NeedsApproval != (by == ByAgent) {
		t.Fatalf("%s by %q, needs approval %v", o.Kind, by, o.NeedsApproval)
	}
	switch o.Kind {
	case Instalments:
		if n < l.MinCount || n > l.MaxCount {
			t.Fatalf("%d instalments, allowed %d to %d", n, l.MinCount, l.MaxCount)
		}
		for _, in := range o.Instalments {
			if in.Amount < l.MinMonthly {
				t.Fatalf("%d a month, at least %d", in.Amount, l.MinMonthly)
			}
		}
	case WaiverIfBy:
		b := r.Account.Balance
		if most := b.Penalty*ledger.Amount(l.MaxPenaltyWaiverPct)/100 + b.Interest*ledger.Amount(l.MaxInterestWaivePct)/100; o.Waived > most || o.Waived <= 0 {
			t.Fatalf("%d waived, at most %d", o.Waived, most)
		}
	case Settlement:
		if l.MinSettlement == 0 || o.Total < l.MinSettlement {
			t.Fatalf("settled for %d, least is %d", o.Total, l.MinSettlement)
		}
	case Token:
		for _, in := range o.Instalments {
			if l.TokenMin == 0 || in.Amount < l.TokenMin || n > l.TokenMonths {
				t.Fatalf("token %d x %d, least %d, months %d", n, in.Amount, l.TokenMin, l.TokenMonths)
			}
		}
	}
	if o.Kind != WaiverIfBy && o.Kind != Settlement && o.Waived != 0 {
		t.Fatalf("%s waives %d", o.Kind, o.Waived)
	}
}

func checkReasons(t *rapid.T, r Request, a Answer, o Offer) {
	for _, w := range o.Why {
		if !knownCode(w.Code) {
			t.Fatalf("unknown reason %q", w.Code)
		}
	}
	if stop := a.Refused; a.Ask == AskNearest && o.Why[0] != stop[0].Why[0] && !(o.Kind != stop[0].Kind && o.Why[0].Code == WhyAnotherWay) {
		t.Fatalf("the nearest offer's reason is %+v, the refusal's %+v", o.Why[0], a.Refused[0].Why[0])
	}
	if in, out := r.Means.MonthlyIncome, r.Means.MonthlyOutgoings; in != nil && out != nil {
		above := false
		for _, x := range o.Instalments {
			above = above || x.Amount > max(0, *in-*out)
		}
		if above != o.Has(WhyAboveSurplus) {
			t.Fatalf("above the surplus: %v, said: %v", above, o.Has(WhyAboveSurplus))
		}
	}
	if (r.Account.Excess > 0 && lawfulTotal(r) < r.Account.Balance.Total()) != o.Has(WhyExcessNotAsked) {
		t.Fatal("the excess is not told as it is")
	}
}

// TestInsideIsMet: what Bounds promises is accepted at once, exactly as wished.
func TestInsideIsMet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := someRequest(t)
		r.Ask = Ask{}
		b := Bounds(r)
		if b.MinCount == 0 {
			return
		}
		n := rapid.IntRange(b.MinCount, b.MaxCount).Draw(t, "count inside")
		first := b.FirstFrom.AddDays(rapid.IntRange(0, b.FirstTo.DaysSince(b.FirstFrom)).Draw(t, "first inside"))
		r.Ask = Ask{Count: n, FirstDue: first}
		a := Quote(r)
		if a.Ask != AskMet || a.Offers[0].Kind != Instalments || len(a.Offers[0].Instalments) != n || a.Offers[0].First() != first {
			t.Fatalf("asked %d from %s inside %+v, got %s %+v", n, first, b, a.Ask, a.Offers)
		}
		for _, out := range []Ask{{Count: b.MaxCount + 1}, {Count: n, FirstDue: b.FirstTo.AddDays(1)}} {
			r.Ask = out
			if a := Quote(r); a.Ask == AskMet {
				t.Fatalf("asked %+v outside %+v and it was met", out, b)
			}
		}
	})
}

// TestHostileValues: nothing a caller can put into a Request makes Quote panic or answer without a reason.
func TestHostileValues(t *testing.T) {
	anyAmount := rapid.Map(rapid.Int64(), func(v int64) ledger.Amount { return ledger.Amount(v) })
	anyDate := rapid.Custom(func(t *rapid.T) calendar.Date {
		return calendar.Date{Year: rapid.Int().Draw(t, "y"), Month: time.Month(rapid.IntRange(-5, 20).Draw(t, "m")), Day: rapid.IntRange(-50, 99).Draw(t, "d")}
	})
	rapid.Check(t, func(t *rapid.T) {
		r := someRequest(t)
		a, b := anyAmount.Draw(t, "a"), anyAmount.Draw(t, "b")
		switch rapid.IntRange(0, 8).Draw(t, "what") {
		case 0:
			r.Account.Balance.Principal = a
		case 1:
			r.Account.Balance = ledger.Balance{Principal: a, Interest: b, Penalty: a, Fees: b}
		case 2:
			r.Account.Excess = a
		case 3:
			r.Means = Means{MonthlyIncome: &a, MonthlyOutgoings: &b, Payday: rapid.Int().Draw(t, "payday")}
		case 4:
			r.Ask = Ask{Count: rapid.Int().Draw(t, "count"), Monthly: a, Lump: b, DayOfMonth: rapid.Int().Draw(t, "dom"), Kind: "loan"}
		case 5:
			r.Ask.FirstDue, r.Ask.DeferTo = anyDate.Draw(t, "first"), anyDate.Draw(t, "defer")
		case 6:
			n := rapid.Int()
			r.Limits = Limits{MinCount: n.Draw(t, "1"), MaxCount: n.Draw(t, "2"), MinMonthly: a, MaxFirstDueDays: n.Draw(t, "3"),
				MaxDeferDays: n.Draw(t, "4"), MaxPenaltyWaiverPct: n.Draw(t, "5"), MaxInterestWaivePct: n.Draw(t, "6"),
				WaiverWithinDays: n.Draw(t, "7"), MinSettlement: b, QuoteHours: n.Draw(t, "8"), TokenMin: a, TokenMonths: n.Draw(t, "9"),
				Authority: r.Limits.Authority, Order: ledger.Order{"gold"}}
		case 7:
			r.Now = time.Unix(rapid.Int64().Draw(t, "now"), 0)
		case 8:
			r.Zone = nil
		}
		ans := Quote(r)
		if len(ans.Offers) == 0 && len(ans.Refused) == 0 {
			t.Fatal("neither an offer nor a reason")
		}
		for _, o := range ans.Offers {
			checkSums(t, r, o)
			_ = Draw(o, r.Account, Parties{}, r.Now)
			_ = Sign(o, []byte("key"))
		}
		_ = Bounds(r)
	})
}
