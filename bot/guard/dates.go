package guard

import (
	"slices"
	"strings"

	"hejie/bot/text"
	"hejie/flows/calendar"
)

// Dates, spans and lengths of time among the figures: which must be known, and which bind nobody.

func (r *draftRun) date(j *judging, g *text.Figure, pos int32) (FigureKind, Figure, bool) {
	src, ok := r.known.date(g.Date, g.Yearless)
	if ok && g.Kind == text.FigRange && g.DateEnd != g.Date {
		src, ok = r.known.date(g.DateEnd, g.Yearless)
	}
	if ok {
		return Date, src, true
	}
	if src, ok := r.progress(g); ok {
		return Count, src, true
	}
	if (g.Yearless || g.Relative) && r.beside(j, r.rs.words.sample, pos) {
		return "", src, false // an example of how one might choose
	}
	if src, ok := r.period(g); ok {
		return Date, src, true
	}
	if g.Yearless && g.Count > 0 { // 30日 may be a span of days as well as a day
		if r.day(g.Count) {
			return Date, Figure{Kind: Date, Origin: "day of a known date"}, true
		}
		if src, ok := r.known.lawful(j, pos, func(s *statute) bool { return s.Kind == Duration && s.unit == "day" && s.Value == g.Count }); ok {
			return Duration, src, true
		}
	}
	today := calendar.Today(r.f.Now, r.f.Zone)
	if !g.Relative && !g.Yearless && g.Date == today {
		return Date, Figure{Kind: Date, Origin: "today"}, true
	}
	if g.Relative && g.Kind == text.FigRange && !g.Date.After(today) && !g.DateEnd.Before(today) {
		return "", src, false // this month, 今年: the time we live in
	}
	if g.Relative && r.inClause(j, r.rs.words.chores, pos) {
		return "", src, false
	}
	if (g.Relative || g.Yearless) && r.beside(j, r.rs.words.echo, pos) && !ahead(g, today) {
		return "", src, false
	}
	if g.Relative && !g.Yearless && (g.Date == today || !r.inClause(j, r.rs.words.pays, pos)) { // "tomorrow" is a claim only where it is when something is due
		return "", src, false
	}
	return Date, src, false
}

// period: a whole month or year that holds today or a known date.
func (r *draftRun) period(g *text.Figure) (Figure, bool) {
	if g.Kind != text.FigRange || g.Relative && !g.Yearless || g.Date.Day != 1 || g.DateEnd.IsZero() || g.DateEnd.AddDays(1).Day != 1 {
		return Figure{}, false
	}
	holds := func(d calendar.Date) bool { return !d.Before(g.Date) && !d.After(g.DateEnd) }
	if last := (calendar.Date{Year: g.DateEnd.Year, Month: g.DateEnd.Month, Day: 1}); fromTo(g) && !slices.ContainsFunc(r.known.dates, func(d calendar.Date) bool { return !d.Before(last) && !d.After(g.DateEnd) }) {
		return Figure{}, false // money is due in the last month, too
	}
	if holds(calendar.Today(r.f.Now, r.f.Zone)) {
		return Figure{Kind: Date, Origin: "today"}, true
	}
	if slices.ContainsFunc(r.known.dates, func(d calendar.Date) bool {
		return holds(d) || g.Yearless && d.Month == g.Date.Month && g.DateEnd.Month == d.Month
	}) {
		return Figure{Kind: Date, Origin: "period of a known date"}, true
	}
	return Figure{}, false
}

// duration: days, months and years are claims; hours and minutes are how long a service takes.
func (r *draftRun) duration(j *judging, g *text.Figure, pos int32) (FigureKind, Figure, bool) {
	n, unit := isoDuration(g.Duration)
	if r.noClaim(j, g) || unit == "" || unit == "hour" || n <= 1 && unit != "year" || strings.ContainsAny(g.Text, "几幾半") {
		return "", Figure{}, false
	}
	if j.before(g.Start) == "这" && !r.inClause(j, r.rs.words.pays, pos) {
		return "", Figure{}, false // 这两个月: lately
	}
	if g.Rel == text.RelWithin || g.Rel == "" {
		if src, ok := r.known.date(g.DateEnd, false); ok && !g.DateEnd.IsZero() {
			return Duration, src, true
		}
	}
	if src, ok := r.known.value(Count, g.Count); ok && g.Unit == "week" && !g.Range {
		return Duration, src, true
	}
	if src, ok := r.known.value(Count, n); ok {
		if _, high := r.known.value(Count, g.Max); !g.Range || high {
			return Duration, src, true
		}
	}
	if unit == "day" && max(n, g.Max) <= maxOwnDays && r.beside(j, r.rs.words.process, pos) && !r.beside(j, r.rs.words.pays, pos) {
		return "", Figure{}, false // how long our own work takes
	}
	lawful := func(n int64) (Figure, bool) {
		return r.known.lawful(j, pos, func(s *statute) bool { return s.Kind == Duration && s.Value == n && s.unit == unit })
	}
	src, ok := lawful(n)
	if ok && g.Range {
		src, ok = lawful(g.Max)
	}
	return Duration, src, ok
}

// maxOwnDays bounds what passes as the time our own work takes.
const maxOwnDays = 15

// isoDuration reads the first component of P15D, P3Y, PT24H.
func isoDuration(s string) (n int64, unit string) {
	s, ok := strings.CutPrefix(s, "P")
	s, clock := strings.CutPrefix(s, "T")
	if !ok {
		return 0, ""
	}
	for i, c := range s {
		switch {
		case c >= '0' && c <= '9' && i < 9:
			n = n*10 + int64(c-'0')
		case clock:
			return n, "hour"
		case c == 'D':
			return n, "day"
		case c == 'W':
			return n * 7, "day"
		case c == 'M':
			return n, "month"
		case c == 'Y':
			return n, "year"
		default:
			return 0, ""
		}
	}
	return 0, ""
}
