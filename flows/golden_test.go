package flows

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"hejie/flows/ledger"
)

// A golden conversation is a text file that anybody can edit:
//
//	case: card            which sample case (fixture), then changes: "case: card, desk closed"
//	- 我一共欠多少          a line of the debtor, or (wait 49h)
//	  > balance           what it means: intents, and slots as name=value
//	  < ask_identity[verify]   the replies, in order, with their cards
//	  ! identity_verified  the effects, in order
//	  @ agree_terms/recap  where the conversation then waits (none = nowhere), optional
//	  = plan_agreed        the outcome so far, optional
type goldenTurn struct {
	line                    int
	said                    string
	cmds, replies, effects  []string
	at, outcome             string
	wait                    time.Duration
	checksAt, checksOutcome bool
}

func TestConversations(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no conversations", err)
	}
	e := engine(t)
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txt"), func(t *testing.T) {
			name, turns := readGolden(t, f)
			play(t, e, caseNamed(t, name), f, turns)
		})
	}
}

func play(t *testing.T, e *Engine, cf CaseFile, file string, turns []goldenTurn) {
	st, host := State{}, cf.Identity
	for _, g := range turns {
		cf.Now = cf.Now.Add(g.wait)
		cmds := goldenCommands(t, g, st)
		name, phone, id := Claims(st, cmds)
		cf.Match = matchAgainst(name, phone, id)
		if cf.Identity = st.Identity; host == Verified {
			cf.Identity = Verified
		}
		next, replies, effects, faults := e.step(st, cmds, cf)
		if len(faults) > 0 {
			t.Errorf("%s:%d: faults %v", file, g.line, faults)
		}
		gotR, gotE := replyNames(replies), effectNames(effects)
		if want := strings.Join(g.replies, " "); want != gotR {
			t.Errorf("%s:%d: %s\n  replies %s\n  want    %s", file, g.line, g.said, gotR, want)
		}
		if want := strings.Join(g.effects, " "); want != gotE {
			t.Errorf("%s:%d: %s\n  effects %s\n  want    %s", file, g.line, g.said, gotE, want)
		}
		if at := next.Top().Flow + "/" + next.Top().Step; g.checksAt && strings.Trim(at, "/") != g.at && !(g.at == "none" && at == "/") {
			t.Errorf("%s:%d: %s waits at %s, want %s", file, g.line, g.said, at, g.at)
		}
		if g.checksOutcome && next.Outcome != g.outcome {
			t.Errorf("%s:%d: %s outcome %s, want %s", file, g.line, g.said, next.Outcome, g.outcome)
		}
		st = next
	}
}

// matchAgainst plays the bot's lookup for the one debtor of the fixtures.
func matchAgainst(name, phone, id string) Match {
	known := map[string]string{SlotName: "张建国", SlotPhoneLast4: "4417", SlotIDLast4: "0032"}
	given := map[string]string{SlotName: name, SlotPhoneLast4: phone, SlotIDLast4: id}
	m, n := Match{}, 0
	for _, f := range factors {
		if given[f] == "" {
			continue
		}
		n++
		if given[f] == known[f] {
			m.Right = append(m.Right, f)
		} else {
			m.Wrong = append(m.Wrong, f)
		}
	}
	if n < 2 {
		return Match{}
	}
	if len(m.Wrong) == 0 {
		m.DebtorID = "d1"
	}
	return m
}

func replyNames(rs []Reply) string {
	var out []string
	for _, r := range rs {
		s := r.ID
		if r.Card != nil {
			s += "[" + r.Card.Type + "]"
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func effectNames(es []Effect) string {
	var out []string
	for _, e := range es {
		s := string(e.Kind)
		switch {
		case e.Hold != nil:
			s += "(" + e.Hold.Reason + ")"
		case e.Case != nil:
			s += "(" + e.Case.Kind + ")"
		case e.Agreement != nil:
			s += fmt.Sprintf("(%s×%d)", e.Agreement.Offer.Kind, len(e.Agreement.Offer.Instalments))
		case e.Promise != nil:
			s += fmt.Sprintf("(%s,%d)", e.Promise.On, e.Promise.Amount)
		case e.Kind == EffWithdrawn: // its id is a hash
		case e.Reason != "":
			s += "(" + e.Reason + ")"
		case e.Text != "":
			s += "(" + e.Text + ")"
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func readGolden(t *testing.T, file string) (string, []goldenTurn) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	name, turns := "", []goldenTurn(nil)
	sc := bufio.NewScanner(f)
	for n := 1; sc.Scan(); n++ {
		line := strings.TrimSpace(sc.Text())
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
			continue
		case strings.HasPrefix(line, "case:"):
			name = strings.TrimSpace(strings.TrimPrefix(line, "case:"))
			continue
		case strings.HasPrefix(line, "- "):
			g := goldenTurn{line: n, said: line[2:]}
			if w, ok := strings.CutPrefix(g.said, "(wait "); ok {
				if g.wait, err = time.ParseDuration(strings.TrimSuffix(w, ")")); err != nil {
					t.Fatalf("%s:%d: %v", file, n, err)
				}
			}
			turns = append(turns, g)
			continue
		}
		if len(turns) == 0 || len(line) < 2 {
			t.Fatalf("%s:%d: not understood: %s", file, n, line)
		}
		g, rest := &turns[len(turns)-1], strings.TrimSpace(line[1:])
		switch line[0] {
		case '>':
			g.cmds = strings.Fields(rest)
		case '<':
			g.replies = append(g.replies, strings.Fields(rest)...)
		case '!':
			g.effects = append(g.effects, strings.Fields(rest)...)
		case '@':
			g.at, g.checksAt = rest, true
		case '=':
			g.outcome, g.checksOutcome = rest, true
		default:
			t.Fatalf("%s:%d: not understood: %s", file, n, line)
		}
	}
	return name, turns
}

// goldenCommands reads "intent slot=value action:name#ref".
func goldenCommands(t *testing.T, g goldenTurn, st State) []Command {
	t.Helper()
	var out []Command
	for _, w := range g.cmds {
		slot, val, isSet := strings.Cut(w, "=")
		switch {
		case w == "unclear":
			out = append(out, Command{Do: DoUnclear})
		case w == "silence":
			out = append(out, Command{Do: DoSilence})
		case strings.HasPrefix(w, "press:"):
			out = append(out, Command{Do: DoAction, Action: &Action{Name: "reply", Ref: strings.TrimPrefix(w, "press:")}})
		case strings.HasPrefix(w, "action:"):
			out = append(out, Command{Do: DoAction, Action: goldenAction(t, strings.TrimPrefix(w, "action:"), st)})
		case isSet:
			out = append(out, Command{Do: DoSet, Slot: slot, Value: goldenValue(t, slot, val), Confidence: 1})
		default:
			if !knownIntents[Intent(w)] {
				t.Fatalf("line %d: unknown intent %q", g.line, w)
			}
			out = append(out, Command{Do: DoIntent, Intent: Intent(w), Confidence: 1})
		}
	}
	return out
}

func goldenAction(t *testing.T, spec string, st State) *Action {
	name, arg, _ := strings.Cut(spec, "#")
	a := &Action{Name: name, Ref: arg}
	if n, err := strconv.Atoi(arg); err == nil && name == "accept" {
		if n > len(st.Offers) {
			t.Fatalf("there is no offer %d", n)
		}
		a.Ref = st.Offers[n-1].ID
	}
	if name == "confirm" && arg == "" && st.Pending != nil {
		a.Ref = st.Pending.ID
	}
	if name == "counter" {
		n, _ := strconv.Atoi(arg)
		a.Ref, a.Count = "", n
	}
	return a
}

func goldenValue(t *testing.T, slot, s string) Value {
	switch slot {
	case SlotName, SlotPhoneLast4, SlotIDLast4, SlotReason, SlotText, SlotTopic, SlotConsent:
		return Value{Kind: KindText, Text: s}
	case SlotFirstDue, SlotDeferTo, SlotDate, SlotPaidOn:
		return Value{Kind: KindDate, Date: date(s)}
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatalf("%s=%s: %v", slot, s, err)
	}
	switch slot {
	case SlotCount, SlotDayOfMonth, SlotPayday, SlotChoice:
		return Value{Kind: KindCount, Count: int(n)}
	case SlotPercent:
		return Value{Kind: KindPercent, Percent: n}
	}
	return Value{Kind: KindMoney, Money: ledger.Amount(n * 100)} // written in yuan
}
