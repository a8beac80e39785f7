package flows

import "testing"

// Two questions with the same answer in one message get it once; nothing that hung on the second one is lost.
func TestTheSameWordsAreSaidOnce(t *testing.T) {
	e := engine(t)
	cf := caseNamed(t, "card, signed in, US")
	var cmds []Command
	for _, in := range []Intent{"legal_consequence", "jail_fear"} {
		cmds = append(cmds, Command{Do: DoIntent, Intent: in, Confidence: 0.9})
	}
	_, replies, _ := e.Step(State{}, cmds, cf)
	n := 0
	for _, r := range replies {
		if r.ID == "law_none_here" {
			n++
		}
	}
	if n != 1 {
		t.Fatalf("said %d times: %+v", n, replies)
	}
	if last := replies[len(replies)-1]; len(last.Quick) == 0 {
		t.Errorf("the quick replies are gone: %+v", replies)
	}
}

// With one offer on the table nobody is asked which.
func TestOneOfferIsNotChosenFrom(t *testing.T) {
	e := engine(t)
	cf := caseNamed(t, "card, signed in")
	far := Command{Do: DoSet, Slot: SlotDeferTo, Value: Value{Kind: KindDate, Date: date("2028-01-01")}, Confidence: 0.9}
	st, replies, _ := e.Step(State{}, []Command{{Do: DoIntent, Intent: "deferral_request", Confidence: 0.9}, far}, cf)
	if len(st.Offers) != 1 || replies[len(replies)-1].ID != "offers_nearest_one" {
		t.Errorf("%d offers, said %+v", len(st.Offers), replies)
	}
}
