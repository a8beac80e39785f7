package flows

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// say adds a reply with every slot filled. Two of our own rules guard it: nothing private before identity, no slot unset.
// A flow that breaks one is a fault of ours: the debtor gets the safe text, and the checker fails.
func (t *turn) say(id string) {
	if head, ok := strings.CutSuffix(id, "<kind>"); ok {
		id = head + string(t.kindInFocus())
	}
	id = t.forOne(id)
	text, ok := t.e.cat.Reply(refLang, id)
	if !ok {
		t.fault("no text " + id)
		return
	}
	if text.Private && t.st.Identity != Verified {
		t.refuse("said " + id + " before identity")
		return
	}
	r := Reply{ID: id}
	for _, p := range text.Placeholders() {
		v, private, ok := t.slot(p)
		if !ok {
			t.refuse("slot " + p + " of " + id + " is not set")
			return
		}
		if private && t.st.Identity != Verified {
			t.refuse("slot " + p + " of " + id + " before identity")
			return
		}
		if r.Slots == nil {
			r.Slots = map[string]Value{}
		}
		r.Slots[p] = v
	}
	t.replies = append(t.replies, r)
}

// forOne: with one offer on the table nobody is asked which; a text that asks so has a twin for it.
func (t *turn) forOne(id string) string {
	if _, ok := t.e.cat.Reply(refLang, id+"_one"); ok && len(t.st.Offers) == 1 {
		return id + "_one"
	}
	return id
}

// onceOnly drops a reply whose very words this turn says already; its card and quick replies stay.
func (t *turn) onceOnly() {
	kept := t.replies[:0:0]
	for _, r := range t.replies {
		i := slices.IndexFunc(kept, func(k Reply) bool {
			return t.sameWords(k, r) && (k.Card == nil || r.Card == nil || reflect.DeepEqual(k.Card, r.Card))
		})
		if i < 0 {
			kept = append(kept, r)
			continue
		}
		if kept[i].Card == nil {
			kept[i].Card = r.Card
		}
		if len(r.Quick) > 0 {
			kept[len(kept)-1].Quick = r.Quick
		}
	}
	t.replies = kept
}

func (t *turn) sameWords(a, b Reply) bool {
	x, _ := t.e.cat.Reply(refLang, a.ID)
	y, _ := t.e.cat.Reply(refLang, b.ID)
	return x.Text == y.Text && maps.Equal(a.Slots, b.Slots)
}

func (t *turn) refuse(why string) {
	t.fault(why)
	t.replies = append(t.replies, Reply{ID: "trouble"})
	t.handOver("trouble", true)
}

// sayLaw says a statement with its figures, each traced to its article.
func (t *turn) sayLaw(id string) {
	s, ok := t.e.cat.Statement(id)
	if !ok {
		t.fault("no statement " + id)
		return
	}
	for _, name := range slices.Sorted(maps.Keys(s.Figures)) {
		f := s.Figures[name]
		v := Value{Kind: KindCount, Count: int(f.Value), Origin: "statute:" + f.Basis}
		if f.Kind == "percent" {
			v = Value{Kind: KindPercent, Percent: f.Value, Origin: "statute:" + f.Basis}
		}
		t.vars[name] = v
	}
	t.say(id)
	for name := range s.Figures {
		delete(t.vars, name)
	}
}

// sayStep says a step's texts; its card and quick replies hang on the last one.
func (t *turn) sayStep(s *stepDef, ids []string) {
	before := len(t.replies)
	for _, id := range ids {
		if strings.HasPrefix(id, "S-") || strings.HasPrefix(id, "A-") {
			t.sayLaw(id)
		} else {
			t.say(id)
		}
	}
	if len(t.replies) == before {
		return
	}
	if s.Card != "" {
		t.card(s.Card)
	}
	t.quick(s.Quick)
}

// card puts a card on the last reply.
func (t *turn) card(name string) {
	c := cards[name]
	if c.private && t.st.Identity != Verified {
		t.refuse("card " + name + " before identity")
		return
	}
	card := c.build(t)
	if card == nil || len(t.replies) == 0 {
		return
	}
	t.replies[len(t.replies)-1].Card = card
}

// quick puts quick replies on the last reply, none in a crisis.
func (t *turn) quick(ids []string) {
	if len(ids) == 0 || len(t.replies) == 0 || t.st.Crisis {
		return
	}
	t.replies[len(t.replies)-1].Quick = slices.Clone(ids)
}
