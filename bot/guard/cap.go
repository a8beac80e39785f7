package guard

import (
	"cmp"
	"strings"

	"hejie/bot/text"
	"hejie/flows/calendar"
)

// overCap holds a text that states, as what is owed, a rate above the legal cap (G11). The facts may hold the rate: that it stands in
// the contract does not make it lawful. Where the cap itself is explained, or something is let off, nothing is demanded.
func (r *draftRun) overCap(j *judging, g *text.Figure, pos int32) {
	if g.Kind != text.FigPercent || g.Big || g.Range || !inPlace([]string{"CN"}, r.f.Jurisdiction) {
		return
	}
	yearly := g.PPM
	switch g.Per {
	case "month":
		yearly *= 12
	case "day":
		yearly *= 365
	}
	if yearly <= cmp.Or(r.rs.tables.CapOf[r.f.DebtType], r.rs.tables.CapPercent)*10_000 || yearly >= 1_000_000 && g.Per == "" || !r.beside(j, r.rs.words.rates, pos) {
		return
	}
	lo, hi := j.v.sentenceSpan(j.v.clauseAt(pos))
	if j.v.within(r.rs.words.capFine, lo, hi) {
		return
	}
	ru := r.rs.byID["G11"]
	j.raise(ru, g.Start, g.End, g.Text, ru.Tell.in(r.d.tells()))
}

// counters follow a bare number that counts people or times, not money.
const counters = "号人个位条遍次家户戶群"

// counted: what follows the figure says that it is no amount.
func (j *judging) counted(g *text.Figure) bool {
	rest := j.v.cutText(g.End, g.End+1)
	return rest != "" && strings.Contains(counters, rest)
}

// before is the original character just before rune i.
func (j *judging) before(i int) string { return j.v.cutText(i-1, i) }

// ahead: the day is to come, so it is more than an echo of what the debtor told. A month without a year may be one of the past.
func ahead(g *text.Figure, today calendar.Date) bool {
	return g.Date.After(today) && !(g.Kind == text.FigRange && g.Yearless)
}

// echoed: the figure stands in words that are quoted to be refuted (“三个月就抓人”的说法).
func (j *judging) echoed(g *text.Figure, pos int32) bool {
	v := j.v
	slo, shi := v.sentenceSpan(v.clauseAt(pos))
	return j.spokenOf(hit{start: pos, end: max(j.keyPos(g.End), pos+1)}, slo, v.nextEnd(shi))
}
