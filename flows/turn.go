package flows

import (
	"maps"
	"slices"

	"hejie/flows/calendar"
)

// lowConfidence: below it a command asks instead of acting. Triggers act at any confidence: a false alarm is the cheaper fault.
const lowConfidence = 0.3

// waitEvery is after how many turns we say again that a person is awaited: every time would be noise.
const waitEvery = 5

// turn is the working copy of one Step.
type turn struct {
	e   *Engine
	st  State
	mem memory
	cf  CaseFile

	said  []Intent         // this turn's intents, main first
	set   map[string]Value // this turn's slots
	act   *Action          // this turn's pressed card, if it belongs to a listener
	press string           // this turn's quick reply
	// binding: what was written holds a word of consent. It is no yes by itself.
	binding bool
	quiet   bool // only silence came
	blank   bool // something came that was not understood

	open   Frame // what was being asked when the turn began
	depth  int
	asked  bool // a question was put in this turn
	done   bool // something of this turn was dealt with
	called bool // a person was called in this turn
	waited bool // a person had been called before
	rated  bool // a score was given
	alone  bool // a trigger that stands alone was met

	vars    map[string]Value
	replies []Reply
	effects []Effect
	faults  []string
}

func newTurn(e *Engine, s State, cmds []Command, cf CaseFile) *turn {
	t := &turn{e: e, st: s, mem: readMemory(s.Extra), cf: cf, set: map[string]Value{}, vars: map[string]Value{}}
	t.st.Stack = slices.Clone(s.Stack)
	t.st.Offers = slices.Clone(s.Offers)
	t.st.Slots = maps.Clone(s.Slots)
	if t.st.Slots == nil {
		t.st.Slots = map[string]Value{}
	}
	t.read(cmds)
	return t
}

// read turns commands into intents, slots and one action.
func (t *turn) read(cmds []Command) {
	silent := 0
	for _, c := range cmds {
		switch c.Do {
		case DoIntent:
			t.hearIntent(c)
		case DoSet:
			t.put(c.Slot, c.Value)
		case DoAction:
			if c.Action != nil {
				t.readAction(c.Action)
			}
		case DoSilence:
			silent++
		default:
			t.blank = true
		}
	}
	t.quiet = silent > 0 && silent == len(cmds)
	t.rated = t.rated && len(cmds) == 1
}

func (t *turn) hearIntent(c Command) {
	f := t.e.byIntent[c.Intent]
	trigger := f != nil && f.Kind == StopFlow && c.Intent != "refuse_to_pay"
	if c.Confidence > 0 && c.Confidence < lowConfidence && !trigger {
		t.blank = true
		return
	}
	if !slices.Contains(t.said, c.Intent) {
		t.said = append(t.said, c.Intent)
	}
}

func (t *turn) put(slot string, v Value) {
	if slot == SlotConsent {
		t.binding = true
		return
	}
	if v.Origin == "" {
		v.Origin = "debtor"
	}
	t.set[slot] = v
}

// readAction: a pressed card is exact; it needs no understanding.
func (t *turn) readAction(a *Action) {
	meant := map[string]Intent{"human": "human_agent", "dispute": "dispute_amount", "hardship": "hardship_income", "stop": "stop_contact", "privacy": "privacy_request"}
	if in, ok := meant[a.Name]; ok {
		t.said = append(t.said, in)
		if s := a.Fields["text"]; s != "" {
			t.put(SlotText, Value{Kind: KindText, Text: s})
		}
		return
	}
	switch a.Name {
	case "reply":
		t.press = a.Ref
		if in := t.pressed(a.Ref); in != "" {
			t.said = append(t.said, in)
		}
	case "verify":
		for _, f := range factors {
			if v := a.Fields[f]; v != "" {
				t.put(f, Value{Kind: KindText, Text: v})
			}
		}
	case "counter":
		t.act = a
		if a.Count > 0 {
			t.put(SlotCount, Value{Kind: KindCount, Count: a.Count})
		}
		if a.Monthly > 0 {
			t.put(SlotMonthly, Value{Kind: KindMoney, Money: a.Monthly})
		}
		if !a.FirstDue.IsZero() {
			t.put(SlotFirstDue, Value{Kind: KindDate, Date: a.FirstDue})
		}
	case "csat":
		t.rated = true // kept by the transcript; there is nothing to answer
	default:
		t.act = a
	}
}

// pressed is what a quick reply means now. A yes or no left over from an earlier question is none to this one: it is asked again.
func (t *turn) pressed(ref string) Intent {
	in := quickIntents[ref]
	if asked := t.e.waitingAt(t.st); asked != nil && (in == "affirm" || in == "deny") && !slices.Contains(asked.Quick, ref) {
		return "repeat"
	}
	return in
}

func (t *turn) begin() {
	t.st.Turns++
	if t.st.Identity == "" {
		t.st.Identity = Anon
	}
	if t.cf.Identity == Verified && t.st.Identity != Verified { // the host's signed token vouches
		t.st.Identity = Verified
	}
	if t.st.Identity == Verified && t.st.DebtorID == "" {
		t.st.DebtorID = t.cf.Debtor.ID
	}
	if t.st.Outcome == "" {
		t.st.Outcome = "open"
	}
	if !t.quiet {
		t.st.Silences = 0
	}
	t.waited = t.st.Handoff != ""
	t.open, t.depth = t.st.Top(), len(t.st.Stack)
	t.settleMeaning()
	t.absorb()
}

// rivals: naming one of a group takes back what was said of the others before ("no, 10 payments").
var rivals = [][]string{{SlotCount, SlotMonthly, SlotLump, SlotAmount, SlotSteps}, {SlotFirstDue, SlotDayOfMonth, SlotDate}, {SlotDeferTo, SlotDate}}

func (t *turn) absorb() {
	for _, group := range rivals {
		if !slices.ContainsFunc(group, func(s string) bool { _, ok := t.set[s]; return ok }) {
			continue
		}
		for _, s := range group {
			if _, ok := t.set[s]; !ok {
				delete(t.st.Slots, s)
			}
		}
	}
	t.dropStaleFactors()
	maps.Copy(t.st.Slots, t.set)
	delete(t.st.Slots, SlotTopic) // of one turn only
	if len(t.st.Stack) == 0 && !t.gave(SlotText) {
		delete(t.st.Slots, SlotText) // words wait only for what is under way
	}
	t.readWriter()
	if v, ok := t.set[SlotName]; ok && v.Text != "" && t.st.Identity == Anon {
		t.st.Identity = Identified
	}
	t.readMeans()
}

func (t *turn) finish() {
	if t.waited && t.act == nil && !t.called && !t.alone && !t.st.Crisis && !t.quiet && len(t.replies) > 0 && t.waitDue() {
		t.say(t.deskReply("still_waiting", "handoff_again_closed", "still_waiting"))
		t.mem.WaitSaid = t.st.Turns
	}
	if len(t.replies) == 0 && !t.quiet && !t.done && !t.rated {
		t.fault("nothing was said")
		t.say("nothing_open")
	}
	t.quickLast()
	t.onceOnly()
	if len(t.replies) > 0 {
		t.st.LastReply = t.replies
	}
	if len(t.st.Stack) == 0 { // figures nobody asked for must not turn up as a wish three topics later
		closeTalk(t)
		t.forget(SlotPaidOn, SlotPaidAmount)
		t.mem.Asked = false
	}
	t.st.Extra = t.mem.raw()
}

// quickLast: quick replies belong under the last bubble of a turn, the newest ones win.
func (t *turn) quickLast() {
	n := len(t.replies) - 1
	for i := n; i >= 0; i-- {
		if len(t.replies[i].Quick) == 0 {
			continue
		}
		if len(t.replies[n].Quick) == 0 {
			t.replies[n].Quick = t.replies[i].Quick
		}
		if i < n {
			t.replies[i].Quick = nil
		}
	}
}

func (t *turn) fault(what string) {
	top := t.st.Top()
	t.faults = append(t.faults, top.Flow+"/"+top.Step+": "+what)
}

func (t *turn) has(in ...Intent) bool {
	return slices.ContainsFunc(in, func(i Intent) bool { return slices.Contains(t.said, i) })
}

func (t *turn) today() calendar.Date { return calendar.Today(t.cf.Now, t.cf.Zone) }

// outcome keeps the stronger of what the conversation has come to and what it comes to now.
func (t *turn) outcome(o string) {
	rank := func(s string) int {
		switch s {
		case "", "open":
			return 0
		case "info_given":
			return 1
		case "refused":
			return 2
		case "handoff":
			return 3
		case "wrong_person":
			return 5
		case "hold_crisis":
			return 6
		}
		return 4 // something was settled or recorded: the latest such thing counts
	}
	if rank(o) < rank(t.st.Outcome) || o == t.st.Outcome {
		return
	}
	t.setOutcome(o)
}

// setOutcome replaces it whatever its rank: what was settled may be undone.
func (t *turn) setOutcome(o string) {
	t.st.Outcome = o
	t.effects = append(t.effects, Effect{Kind: EffOutcome, Text: o})
}
