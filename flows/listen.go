package flows

import (
	"slices"

	"hejie/flows/arrange"
)

// listenerDef hears the answer to an open question. ready tells, before asking, that the answer is known already.
type listenerDef struct {
	labels []string
	hear   func(*turn) string
	ready  func(*turn) string
}

var listeners = map[string]listenerDef{
	"identity":     {[]string{"given", "no"}, hearIdentity, func(t *turn) string { return onlyIf(t.st.Identity == Verified, "given") }},
	"account":      {[]string{"chosen"}, hearAccount, func(t *turn) string { return onlyIf(t.account() != nil, "chosen") }},
	"plan_wish":    {[]string{"given", "any", "no"}, hearPlanWish, nil},
	"means":        {[]string{"given", "any", "no"}, hearMeans, nil},
	"extra_wish":   {[]string{"given", "no"}, hearExtra, nil},
	"defer_wish":   {[]string{"given", "no"}, hearDeferWish, nil},
	"offer_answer": {[]string{"chosen", "counter", "less", "which", "declined", "expired"}, hearOfferAnswer, nil},
	"recap_answer": {[]string{"yes", "no", "other", "less", "another", "counter", "unsure", "expired"}, hearRecap, nil},
	"above":        {[]string{"yes", "no", "less", "counter"}, hearAbove, nil},
	"refusal":      {[]string{"person", "counter", "no"}, hearRefusal, nil},
	"go_on":        {[]string{"yes", "no"}, hearGoOn, nil},
	"promise":      {[]string{"given", "no"}, hearPromise, nil},
	"paid":         {[]string{"given", "no"}, hearPaid, nil},
	"details":      {[]string{"given", "no"}, hearDetails, nil},
	"regret":       {[]string{"yes", "no", "unsure"}, hearRegret, nil},
	"options":      {[]string{"yes", "no"}, hearGoOn, nil},
}

func onlyIf(ok bool, label string) string {
	if ok {
		return label
	}
	return ""
}

// termSlots name terms of an offer.
var termSlots = []string{SlotCount, SlotMonthly, SlotAmount, SlotLump, SlotDayOfMonth, SlotFirstDue, SlotDeferTo, SlotDate}

var planSlots = []string{SlotCount, SlotMonthly, SlotAmount, SlotDayOfMonth, SlotFirstDue, SlotDate, SlotPayday, SlotIncome, SlotOutgoings, SlotEvery, SlotSteps}

func hearPlanWish(t *turn) string {
	switch {
	case t.gave(planSlots...) || t.gave(SlotLump) || t.about() == TopicUnsure || t.act != nil && t.act.Name == "counter":
		return "given"
	case t.press == "show_offers", t.about() == TopicPropose, t.has("affirm", "counter_offer"):
		return "any"
	case t.has("deny"):
		return "no"
	}
	return ""
}

func hearDeferWish(t *turn) string {
	switch {
	case t.gave(SlotDeferTo, SlotDate, SlotFirstDue):
		return "given"
	case t.has("deny"):
		return "no"
	case t.press == "show_offers", t.has("affirm"):
		if !t.mem.Latest.IsZero() && t.press == "" {
			t.st.Slots[SlotDeferTo] = Value{Kind: KindDate, Date: t.mem.Latest, Origin: "policy:" + t.limits().Policy}
		}
		return "given"
	}
	return ""
}

func hearOfferAnswer(t *turn) string {
	if t.act != nil {
		switch t.act.Name {
		case "accept":
			return t.pick(t.act.Ref)
		case "decline":
			return "declined"
		case "counter":
			return "counter"
		}
	}
	if v, ok := t.set[SlotChoice]; ok {
		if v.Count < 1 || v.Count > len(t.st.Offers) {
			return "which"
		}
		return t.pick(t.st.Offers[v.Count-1].ID)
	}
	if o, ok := t.described(); ok {
		return t.pick(o.ID)
	}
	switch {
	case t.gave(append([]string{SlotDeferTo, SlotLump, SlotPercent}, planSlots...)...), t.asksMost():
		return "counter"
	case t.has("counter_offer"):
		return "less"
	case t.has("deny"):
		return "declined"
	case t.mem.Kind == arrange.Deferral && t.mem.Met == arrange.AskNearest && len(t.st.Offers) == 1 && t.onlyTalkOf():
		return t.pick(t.st.Offers[0].ID) // "the latest you can do, then": that is the one on the table
	case t.asksAnew():
		return "counter"
	case t.has("affirm") && len(t.st.Offers) == 1:
		return t.pick(t.st.Offers[0].ID)
	case t.has("affirm") && (t.mem.Met == arrange.AskNearest || t.open.Step == "which"):
		t.say("chosen_first") // the nearest to what was wished; its recap still has to be agreed to
		return t.pick(t.st.Offers[0].ID)
	case t.has("affirm"):
		return "which"
	}
	return ""
}

// beside a yes, only these may stand: anything else makes the yes unsure.
var besideYes = []Intent{"affirm", "thanks", "greeting", "goodbye"}

// hearRecap: an arrangement comes about only by a plain yes to the recap on the table, from the card or in words.
func hearRecap(t *turn) string {
	if t.act != nil {
		switch t.act.Name {
		case "confirm":
			return t.confirmed()
		case "accept":
			if t.pick(t.act.Ref) == "chosen" {
				return "other"
			}
			return "expired"
		case "decline":
			return "no"
		case "counter":
			return "counter"
		}
	}
	changed := t.changesPending()
	switch {
	case changed:
		return "counter"
	case t.namesTheSame():
		return "unsure"
	case t.namesAnother():
		return "other"
	case t.asksMost():
		return "counter"
	case t.has("deny") && t.has("counter_offer") && t.act == nil && t.press == "":
		t.dropPending() // "no, still too much" wants less, not nothing
		return "less"
	case t.has("deny", "refuse_to_pay"):
		return "no"
	case t.has("counter_offer") && !t.has("affirm") && t.gave(planSlots...):
		return "" // the terms on the table, named once more
	case t.has("counter_offer", "correction"):
		if t.has("affirm") {
			return "unsure"
		}
		t.dropPending()
		if t.press == "other_offer" || t.has("correction") {
			return "another"
		}
		return "less"
	case !t.has("affirm") && t.asksAnew():
		return "counter"
	case !t.has("affirm"):
		return ""
	}
	if t.gave(termSlots...) && !t.binding && t.press == "" {
		return "unsure" // "fine, nine" may choose as well as agree: only the word the recap asked for binds
	}
	if t.blank || slices.ContainsFunc(t.said, func(i Intent) bool { return !slices.Contains(besideYes, i) && !t.ofTalk(i) }) {
		return "unsure"
	}
	return t.confirmed()
}

// namesTheSame: the terms on the table, named once more, and nothing else: chosen, but not agreed to in so many words.
func (t *turn) namesTheSame() bool {
	small := func(in Intent) bool {
		return in == "correction" || in == "affirm" || t.ofTalk(in)
	}
	return t.gave(termSlots...) && !t.binding && !t.blank && !slices.ContainsFunc(t.said, func(in Intent) bool { return !small(in) })
}

// namesAnother: "fine, the second one" to the recap of the first is no yes to it.
func (t *turn) namesAnother() bool {
	v, ok := t.set[SlotChoice]
	if !ok || v.Count < 1 || v.Count > len(t.st.Offers) || t.st.Pending != nil && t.st.Offers[v.Count-1].ID == t.st.Pending.Offer.ID {
		return false
	}
	return t.pick(t.st.Offers[v.Count-1].ID) == "chosen"
}

// onlyTalkOf: this turn names the kind of arrangement under discussion, and no terms.
func (t *turn) onlyTalkOf() bool {
	return !t.gave(talkSlots...) && !t.gave(planSlots...) && len(t.said) > 0 && t.ofTalk(t.said[0])
}

// asksAnew: the same wish once more and without any terms ("can I pay in instalments?") lays all offers open again.
func (t *turn) asksAnew() bool {
	if !t.onlyTalkOf() {
		return false
	}
	t.mem.Most = true
	t.anew()
	return true
}

// anew forgets the terms named so far; the kind of arrangement stays.
func (t *turn) anew() {
	if t.mem.Kind == arrange.Settlement && t.limits().MinSettlement == 0 {
		t.mem.Kind = arrange.WaiverIfBy // nothing is settled below the balance here: what is waived is the answer
	}
	t.dropPending()
	t.forget(talkSlots...)
}

// asksMost: "less", "how far can you go" in a talk about paying less. The rules' best is the answer, once; after that only a person
// could go further.
func (t *turn) asksMost() bool {
	if !t.paysOnce() || t.mem.MostSaid || t.gave(talkSlots...) || t.gave(planSlots...) || t.has("affirm") || t.press != "" || t.act != nil ||
		!t.has("counter_offer", "waiver_request", "settlement_offer") {
		return false
	}
	t.mem.Most = true
	t.anew()
	return true
}

// ofTalk: the intent is the wish for the kind of arrangement under discussion.
func (t *turn) ofTalk(in Intent) bool {
	f := t.e.byIntent[in]
	return f != nil && f == t.e.flows[talkFlow[t.mem.Kind]]
}

// confirmed checks that the yes is to what is on the table, and that it still stands.
func (t *turn) confirmed() string {
	p := t.st.Pending
	if p == nil || t.expired() || !p.Intact() || !t.e.ours(p.Offer) {
		return "expired"
	}
	if t.act != nil && (t.act.Ref != "" && t.act.Ref != p.ID || t.act.DocSHA256 != "" && t.act.DocSHA256 != p.SHA256) {
		return "unsure" // another paper was in front of the debtor
	}
	return "yes"
}

// changesPending tells whether this turn names terms that differ from those of the recap ("confirm 12 payments" does not).
func (t *turn) changesPending() bool {
	return t.st.Pending != nil && !t.sameTerms(t.st.Pending.Offer)
}

// sameTerms tells whether what this turn names is what the offer says.
func (t *turn) sameTerms(o arrange.Offer) bool {
	for slot, v := range t.set {
		switch slot {
		case SlotCount:
			if v.Count != len(o.Instalments) {
				return false
			}
		case SlotMonthly, SlotAmount, SlotLump:
			if !slices.ContainsFunc(o.Instalments, func(i arrange.Instalment) bool { return i.Amount == v.Money }) && v.Money != o.Total {
				return false
			}
		case SlotDayOfMonth:
			if v.Count != o.First().Day {
				return false
			}
		case SlotFirstDue, SlotDeferTo, SlotDate:
			if !slices.ContainsFunc(o.Instalments, func(i arrange.Instalment) bool { return i.Due == v.Date }) {
				return false
			}
		case SlotPayday:
			if v.Count != o.First().Day && o.Kind == arrange.Instalments {
				return false
			}
		case SlotPercent, SlotIncome, SlotOutgoings, SlotSteps:
			return false
		case SlotEvery:
			if string(o.Every) != v.Text {
				return false
			}
		}
	}
	return true
}

func hearRefusal(t *turn) string {
	switch {
	case t.gave(append([]string{SlotDeferTo, SlotLump, SlotPercent}, planSlots...)...):
		return "counter"
	case t.has("affirm"):
		return "person"
	case t.asksAnew():
		return "counter"
	case t.has("deny"):
		return "no"
	}
	return ""
}

// hearExtra is the sum to pay besides.
func hearExtra(t *turn) string {
	if t.gave(SlotAmount, SlotLump, SlotMonthly) {
		return "given"
	}
	return onlyIf(t.has("deny"), "no")
}

// hearGoOn: yes in words, by button, or by asking for the same thing once more.
func hearGoOn(t *turn) string {
	if t.has("deny") {
		return "no"
	}
	if t.about() == TopicGoOn || t.has("pay_now", "payment_method") {
		return "yes"
	}
	for _, in := range t.said {
		if f := t.e.byIntent[in]; in == "affirm" || f != nil && slices.ContainsFunc(t.st.Stack, func(fr Frame) bool { return fr.Flow == f.ID }) {
			return "yes"
		}
	}
	return onlyIf(t.gave(SlotCount, SlotMonthly, SlotDeferTo, SlotLump, SlotFirstDue), "yes")
}

// hearAbove: the warning was read; only the same wish again goes on with it, other terms are another wish.
func hearAbove(t *turn) string {
	if t.act != nil && t.act.Name == "accept" {
		return onlyIf(t.pick(t.act.Ref) == "chosen", "yes")
	}
	o := slices.IndexFunc(t.st.Offers, func(o arrange.Offer) bool { return o.ID == t.mem.Chosen })
	if v, ok := t.set[SlotChoice]; ok && v.Count >= 1 && v.Count <= len(t.st.Offers) {
		return onlyIf(t.pick(t.st.Offers[v.Count-1].ID) == "chosen", "yes")
	}
	switch {
	case o >= 0 && t.gave(append([]string{SlotDeferTo, SlotLump, SlotPercent}, planSlots...)...) && !t.sameTerms(t.st.Offers[o]):
		return "counter"
	case t.has("deny"), t.act != nil && t.act.Name == "decline":
		return "no"
	case t.has("counter_offer"):
		return "less"
	case t.has("affirm") || t.gave(SlotCount, SlotMonthly), t.act != nil && t.act.Name == "confirm":
		return "yes"
	}
	return ""
}

func hearPromise(t *turn) string {
	if t.gave(SlotDate, SlotDeferTo, SlotFirstDue, SlotPaidOn, SlotAmount, SlotMonthly, SlotLump, SlotPaidAmount, SlotDayOfMonth) {
		return "given"
	}
	return onlyIf(t.has("deny"), "no")
}

func hearPaid(t *turn) string {
	if t.gave(SlotDate, SlotPaidOn, SlotAmount, SlotPaidAmount, SlotMonthly, SlotLump, SlotFirstDue) {
		return "given"
	}
	return onlyIf(t.has("deny") || t.blank || t.has("affirm"), "no")
}

// hearDetails takes the debtor's own words for a case; whatever they are, they are kept by the transcript.
func hearDetails(t *turn) string {
	if t.has("deny") {
		return "no"
	}
	return onlyIf(t.gave(SlotText) || t.blank || t.act != nil && t.act.Name == "form", "given")
}
