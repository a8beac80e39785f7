package arrange

import (
	"encoding/json"
	"slices"
	"testing"
	"time"
)

func TestSignature(t *testing.T) {
	key := []byte("0123456789abcdef0123456789abcdef")
	o := Sign(Quote(request(Ask{Count: 12})).Offers[0], key)
	if !Verify(o, key) {
		t.Fatal("its own signature is refused")
	}
	raw, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	var back Offer
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatal(err)
	}
	back.ValidUntil = back.ValidUntil.In(china) // as a store may give it back
	if !Verify(back, key) {
		t.Error("a stored offer is refused")
	}
	tampered := map[string]func(*Offer){
		"total":      func(o *Offer) { o.Total-- },
		"instalment": func(o *Offer) { o.Instalments[3].Amount-- },
		"due":        func(o *Offer) { o.Instalments[3].Due = day("2030-01-01") },
		"until":      func(o *Offer) { o.ValidUntil = o.ValidUntil.Add(time.Hour) },
		"approval":   func(o *Offer) { o.NeedsApproval = true },
		"account":    func(o *Offer) { o.AccountID = "a2" },
		"reason":     func(o *Offer) { o.Why = nil },
		"signature":  func(o *Offer) { o.Signature = "" },
		"hex":        func(o *Offer) { o.Signature = "zz" },
	}
	for name, change := range tampered {
		x := o
		x.Instalments, x.Why = slices.Clone(o.Instalments), slices.Clone(o.Why)
		change(&x)
		if Verify(x, key) {
			t.Errorf("a changed %s passes", name)
		}
	}
	if Verify(o, []byte("another key")) {
		t.Error("another key passes")
	}
}

func TestIDs(t *testing.T) {
	r := request(Ask{Count: 12})
	first := Quote(r).Offers[0]
	r.Now = r.Now.Add(time.Hour)
	if again := Quote(r).Offers[0]; again.ID != first.ID || !again.ValidUntil.After(first.ValidUntil) {
		t.Error("the same terms an hour later must have the same id, and a later expiry")
	}
	for name, change := range map[string]func(*Request){
		"account":  func(r *Request) { r.Account.ID = "a2" },
		"count":    func(r *Request) { r.Ask.Count = 11 },
		"balance":  func(r *Request) { r.Account.Balance.Interest++ },
		"policy":   func(r *Request) { r.Limits.Policy = "test-2" },
		"approval": func(r *Request) { r.Limits.Authority[Instalments] = ByAgent },
		"day":      func(r *Request) { r.Ask.DayOfMonth = 9 },
	} {
		x := request(Ask{Count: 12})
		change(&x)
		if Quote(x).Offers[0].ID == first.ID {
			t.Errorf("another %s gives the same id", name)
		}
	}
}

func TestAgreement(t *testing.T) {
	r := request(Ask{Count: 12})
	o := Quote(r).Offers[0]
	p := Parties{No4: "4417", Creditor: "Bank", Collector: "Desk", Ruleset: "r1"}
	a := Draw(o, r.Account, p, r.Now)
	if !a.Intact() || a.SHA256 != Draw(o, r.Account, p, r.Now).SHA256 {
		t.Fatal("the hash does not hold")
	}
	if later := Draw(o, r.Account, p, r.Now.Add(time.Minute)); later.ID == a.ID || later.SHA256 == a.SHA256 {
		t.Error("a paper drawn up later passes for the first one")
	}
	for _, term := range []string{TermNoNewCharges, TermStopCollection, TermMissedPayment, TermNoNewCard, TermLimitation, TermWithdraw} {
		if !slices.Contains(a.Terms, term) {
			t.Errorf("term %s is missing", term)
		}
	}
	raw, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	var back Agreement
	if err := json.Unmarshal(raw, &back); err != nil || !back.Intact() {
		t.Errorf("a stored agreement is not intact: %v", err)
	}
	back.Terms = back.Terms[1:]
	if back.Intact() {
		t.Error("a dropped term goes unnoticed")
	}

	medical := r.Account
	medical.DebtType, medical.Excess = "medical", 5
	o.Kind, o.NeedsApproval = Settlement, true
	terms := Draw(o, medical, p, r.Now).Terms
	if slices.Contains(terms, TermNoNewCard) || !slices.Contains(terms, TermSettlesAll) ||
		!slices.Contains(terms, TermNeedsApproval) || !slices.Contains(terms, TermExcessNotAsked) {
		t.Errorf("terms %v", terms)
	}
}
