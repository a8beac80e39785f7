package guard

import (
	"bytes"
	"strings"

	"hejie/bot/text"
)

// aboutDebt stops a figure of this debt on its way to somebody we have not verified (G01).
func (r *draftRun) aboutDebt(j *judging, src Figure, g *text.Figure) {
	if r.f.Identity == Verified || !r.debtFact(src) {
		return
	}
	ru := r.rs.byID["G01"]
	j.raise(ru, g.Start, g.End, g.Text, ru.Tell.in(r.d.tells()))
}

// debtFact: amounts and account numbers are, unless their origin says they are law, or what the debtor told us.
func (r *draftRun) debtFact(g Figure) bool {
	if g.Kind != Money && g.Kind != Ref {
		return false
	}
	for _, free := range r.rs.tables.Debt {
		if strings.HasPrefix(g.Origin, free) {
			return false
		}
	}
	return true
}

// tellsDebt: would this draft, shown again, tell a stranger about a debt? History has lost its figures' origins, so any
// amount that is not a statute's counts, and any card with money in it.
func (rs *Ruleset) tellsDebt(d *Draft, f *Facts) bool {
	anon := *f
	anon.Identity = Anon
	run := &draftRun{rs: rs, d: d, f: &anon}
	run.known.gather(rs, d, &anon)
	for i := range d.Parts {
		if p := &d.Parts[i]; bytes.Contains(p.Data, []byte(`_fen"`)) || run.textTells(p.Text) {
			return true
		}
		for _, leaf := range leaves(d.Parts[i].Data) {
			if run.textTells(leaf) {
				return true
			}
		}
	}
	return false
}

func (r *draftRun) textTells(s string) bool {
	if s == "" {
		return false
	}
	v := r.rs.view(s)
	defer r.rs.release(v)
	j := &judging{rs: r.rs, v: v, d: r.d, f: r.f}
	j.phrases()
	j.suspicions()
	for _, h := range j.found {
		if h.Rule == "T15" || h.Rule == "G01" {
			return true
		}
	}
	for _, g := range text.Figures(s, text.Opt{Now: r.f.Now, Zone: r.f.Zone, Lang: r.d.Lang}) {
		if g.Kind != text.FigMoney {
			continue
		}
		if _, ok := r.known.lawful(j, j.keyPos(g.Start), func(s *statute) bool { return s.Kind == Money && s.Value == g.Minor }); !ok {
			return true
		}
	}
	return false
}
