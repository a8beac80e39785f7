package guard

import (
	"io/fs"
	"slices"
	"testing"
	"testing/fstest"

	"hejie/bot/guard/tone"
)

func says(text string) *tone.Message {
	return &tone.Message{Text: text, Sender: "agent", Channel: "web", Verified: true, Lang: guessLang(text)}
}

// A phrase that people also use for good is let go where the sentence does not sound bad, and kept for the officer.
func TestSuspicionsAreBornOutOrLetGo(t *testing.T) {
	f := ownFilter(t)
	for _, c := range []struct{ rule, good, bad string }{
		{"T05", "快递员上门取件的时间，您可以在物流页面改约", "再不处理，我们明天就上门找你算账"},
		{"T02", "您问会不会被判刑，这类民事借款不涉及刑事，您放心", "你这是刑事犯罪，等着被判刑吧"},
		{"T04", "You asked about the hearing you read about: there is no claim, so no hearing.", "The hearing is set and the judge will ruin you, pay today."},
	} {
		d, facts := corpusDraft(t, says(c.good))
		v := f.Check(d, facts)
		if slices.Contains(v.Rules(), c.rule) {
			t.Errorf("%q: stopped by %s", c.good, v.rules())
		}
		d, facts = corpusDraft(t, says(c.bad))
		if v := f.Check(d, facts); !slices.Contains(v.Rules(), c.rule) || v.Decision == Pass {
			t.Errorf("%q: %s %v, let go %v", c.bad, v.Decision, v.Rules(), v.LetGo)
		}
	}
}

func TestWhatWasLetGoIsRecorded(t *testing.T) {
	f := ownFilter(t)
	seen := 0
	for i, m := range corpus(t) {
		if i%10 != 0 || !m.Good() {
			continue
		}
		d, facts := corpusDraft(t, &m)
		v := f.Check(d, facts)
		for _, g := range v.LetGo {
			seen++
			if g.Rule == "" || g.Text != string([]rune(m.Text)[g.Start:g.End]) || g.Sounds < 0 || float32(g.Sounds) > 100*f.rs.ear.suspicion+0.5 {
				t.Errorf("%q: %+v", m.Text, g)
			}
		}
		approved := d // neither an approved text nor a button is heard: for them the words alone are enough
		approved.ReplyID = "some_reply"
		if w := f.Check(approved, facts); len(w.LetGo) > 0 || len(v.LetGo) > 0 && w.Decision == Pass {
			t.Errorf("%q approved: %s, let go %v", m.Text, w.Decision, w.LetGo)
		}
	}
	if seen < 10 {
		t.Errorf("%d suspicions were let go", seen)
	}
}

// Nothing lets a certain phrase go, however kind the words around it: an ear that hears no evil changes nothing.
func TestCertainPhrasesAreFinal(t *testing.T) {
	f := ownFilter(t)
	f.rs.ear.suspicion = 0.999 // more than any sentence reaches: every suspicion is let go
	for rule, text := range map[string]string{
		"T01": "谢谢您的耐心，祝您平安，不然我只好打断你的腿",
		"T12": "谢谢您，请把短信验证码告诉我，我马上为您登记",
		"T13": "Thank you for your patience, please send it to my personal account and rest well.",
		"T08": "Thanks for calling back, you are pathetic, have a nice evening.",
		"T03": "您好，我是公安局民警，谢谢您的配合，祝您生活愉快",
		"T02": "Thank you, take care, we will have you arrested on Friday.",
	} {
		d, facts := corpusDraft(t, says(text))
		if v := f.Check(d, facts); v.Decision == Pass || !slices.Contains(v.Rules(), rule) {
			t.Errorf("%q: %s %v", text, v.Decision, v.Rules())
		}
	}
	d, facts := corpusDraft(t, says("您还欠12345.67元，请访问 http://evil.example/pay"))
	if v := f.Check(d, facts); v.Decision == Pass {
		t.Error("figures and links were a matter of sound")
	}
	d, facts = corpusDraft(t, says("您名下有一笔贷款已经逾期"))
	facts.Identity = Anon
	if v := f.Check(d, facts); v.Decision == Pass {
		t.Error("identity was a matter of sound")
	}
}

func TestOnlyHeardRulesHaveSuspicions(t *testing.T) {
	f := ownFilter(t)
	certain, suspicions := 0, 0
	for _, r := range f.rs.rules {
		for i := range r.Patterns {
			if !f.rs.ear.suspects(r, &r.Patterns[i]) {
				certain++
				continue
			}
			suspicions++
			if !slices.Contains(tone.Labels, r.ID) || r.Patterns[i].Certain {
				t.Errorf("%s %s is a suspicion", r.ID, r.Patterns[i].shows(i))
			}
		}
	}
	if certain < 50 || suspicions < 200 {
		t.Errorf("%d certain, %d suspicions", certain, suspicions)
	}
	sub, err := fs.Sub(embedded, "rules")
	if err != nil {
		t.Fatal(err)
	}
	deaf := fstest.MapFS{}
	names, _ := fs.Glob(sub, "*.yaml")
	for _, n := range names {
		if b, err := fs.ReadFile(sub, n); err == nil && n != "tone.yaml" {
			deaf[n] = &fstest.MapFile{Data: b}
		}
	}
	rs, err := load(deaf)
	if err != nil {
		t.Fatal(err)
	}
	d, facts := corpusDraft(t, says("Prison? That ended for ordinary debts long ago, this is a civil matter."))
	if v := (&Filter{rs: rs}).Check(d, facts); v.Decision == Pass {
		t.Error("a pack without an ear lets suspicions go")
	}
}

func TestShouting(t *testing.T) {
	f := ownFilter(t)
	for text, loud := range map[string]bool{
		"PLEASE READ YOUR LETTER TODAY":      true,
		"CALL ME! NOW! YOU!":                 true,
		"Please read your letter today":      false,
		"We sent it to the NHS and the FCA.": false,
		"OK":                                 false,
		"Your plan is SET UP and the first payment is noted.": false,
		"您好，您的编号是 ABC DEF GHI JKL，请妥善保存，有问题请联系我们":             true, // judged by its letters alone
	} {
		if got := f.rs.ear.shouts.loud(text); got != loud {
			t.Errorf("%q: loud %v", text, got)
		}
	}
	d, facts := corpusDraft(t, says("PLEASE READ YOUR LETTER TODAY"))
	v := f.Check(d, facts)
	if v.Decision != Rewrite || len(v.Hits) == 0 || v.Hits[0].Rule != "T08" || v.Hits[0].Text == "" {
		t.Errorf("%s %s", v.Decision, v.rules())
	}
}

// What the ear is sure of, or a certain phrase, names a fault better than a suspicion does.
func TestTheSureNameComesFirst(t *testing.T) {
	rs := ownFilter(t).rs
	suspicion, sure, general := Hit{Rule: "T01"}, Hit{Rule: "T09", sure: true}, Hit{Rule: "T01", general: true}
	if rs.rank(&sure) >= rs.rank(&suspicion) || rs.rank(&suspicion) >= rs.rank(&general) {
		t.Error(rs.rank(&sure), rs.rank(&suspicion), rs.rank(&general))
	}
}

// What a debtor of a barred debt was told opens talk of paying, not the claim that it is not barred.
func TestLimitationTold(t *testing.T) {
	f := ownFilter(t)
	d, facts := corpusDraft(t, says("您想分几期还，告诉我就行"))
	facts.LimitationExpired = true
	if f.Check(d, facts).Decision == Pass {
		t.Error("paying was spoken of before the notice")
	}
	facts.LimitationTold = true
	if v := f.Check(d, facts); v.Decision != Pass {
		t.Errorf("after the notice: %s", v.rules())
	}
	d, _ = corpusDraft(t, says("放心，这笔债还没过时效，您想分几期还"))
	if f.Check(d, facts).Decision == Pass {
		t.Error("it was said not to be barred")
	}
}
