package flows

import (
	"cmp"
	"fmt"
	"html"
	"maps"
	"slices"
	"strings"
)

// FlowIDs are all flows, sorted.
func (e *Engine) FlowIDs() []string { return slices.Sorted(maps.Keys(e.flows)) }

// drawn is one step as it is drawn.
type drawn struct {
	id, label string
	waits     bool
}

// line is one way from a step to the next.
type line struct{ from, to, label string }

func (f *flowDef) drawing() ([]drawn, []line) {
	var steps []drawn
	var lines []line
	for i := range f.Steps {
		s := &f.Steps[i]
		steps = append(steps, drawn{s.ID, s.label(), s.Listen != ""})
		labels := slices.Sorted(maps.Keys(s.On))
		for _, l := range labels {
			lines = append(lines, line{s.ID, s.On[l], l})
		}
		if len(labels) == 0 {
			lines = append(lines, line{s.ID, f.next(s), ""})
		}
		if s.When != "" {
			lines = append(lines, line{s.ID, f.after(s.ID), "not " + s.When})
		}
		if s.Unless != "" {
			lines = append(lines, line{s.ID, f.after(s.ID), s.Unless})
		}
	}
	return steps, lines
}

func (s *stepDef) label() string {
	switch {
	case s.Do != "":
		return s.ID + ": do " + s.Do
	case s.Listen != "":
		return s.ID + ": ask " + strings.Join(s.Say, ", ")
	case s.Handoff != "":
		return s.ID + ": person (" + s.Handoff + ")"
	}
	return s.ID + ": say " + strings.Join(s.Say, ", ")
}

// Mermaid draws a flow as Mermaid text. Steps that wait for the debtor are rounded.
func (e *Engine) Mermaid(id string) (string, error) {
	f := e.flows[id]
	if f == nil {
		return "", fmt.Errorf("flows: no flow %q", id)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "flowchart TD\n  %%%% %s\n", f.About)
	steps, lines := f.drawing()
	for i, g := range f.Requires {
		fmt.Fprintf(&b, "  req%d{{%s}} --> s_%s\n", i, g, steps[0].id)
	}
	for _, s := range steps {
		open, end := "[", "]"
		if s.waits {
			open, end = "(", ")"
		}
		fmt.Fprintf(&b, "  s_%s%s\"%s\"%s\n", s.id, open, strings.ReplaceAll(s.label, `"`, "'"), end)
	}
	for _, l := range lines {
		to := "s_" + l.to
		if out, ok := strings.CutPrefix(l.to, toFlow); ok {
			to = "f_" + out + "[[" + out + "]]"
		} else if l.to == toEnd || l.to == toStop {
			to = l.to + "_((" + l.to + "))"
		}
		if l.label == "" {
			fmt.Fprintf(&b, "  s_%s --> %s\n", l.from, to)
		} else {
			fmt.Fprintf(&b, "  s_%s -->|%s| %s\n", l.from, l.label, to)
		}
	}
	return b.String(), nil
}

const (
	boxWide, boxHigh, boxGap = 420, 34, 26
	svgLeft, lineHigh        = 40, 16
)

// SVG draws a flow top down: one box a step, a stroke to the next one, and beside the box where else it leads.
// Ways that jump are written, not drawn: thirty crossing curves tell nobody anything.
func (e *Engine) SVG(id string) (string, error) {
	f := e.flows[id]
	if f == nil {
		return "", fmt.Errorf("flows: no flow %q", id)
	}
	steps, lines := f.drawing()
	var b strings.Builder
	y := 50
	for i, s := range steps {
		next := ""
		if i+1 < len(steps) {
			next = steps[i+1].id
		}
		y += svgStep(&b, s, next, lines, y)
	}
	head := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="880" height="%d" font-family="system-ui,sans-serif" font-size="12">`+"\n"+
		`<rect width="100%%" height="100%%" fill="#FFFFFF"/><title>%s</title><text x="%d" y="28" font-size="14" font-weight="600" fill="#1C2421">%s</text>`+"\n",
		y+10, html.EscapeString(f.About), svgLeft, html.EscapeString(f.ID))
	return head + b.String() + "</svg>\n", nil
}

// svgStep draws one step at y and returns how much room it took.
func svgStep(b *strings.Builder, s drawn, next string, lines []line, y int) int {
	var down, beside []string
	for _, l := range lines {
		switch {
		case l.from != s.id:
		case l.to == next:
			down = append(down, cmp.Or(l.label, "next"))
		default:
			beside = append(beside, strings.TrimSpace(l.label+" → "+l.to))
		}
	}
	round, fill := 4, "#ECEFEA"
	if s.waits {
		round, fill = 16, "#E1EEEA"
	}
	fmt.Fprintf(b, `<rect x="%d" y="%d" width="%d" height="%d" rx="%d" fill="%s" stroke="#7F8984"/>`, svgLeft, y, boxWide, boxHigh, round, fill)
	fmt.Fprintf(b, `<text x="%d" y="%d" fill="#1C2421">%s</text>`+"\n", svgLeft+12, y+21, html.EscapeString(clip(s.label, 62)))
	for i, t := range beside {
		fmt.Fprintf(b, `<text x="%d" y="%d" fill="#46514C">%s</text>`+"\n", svgLeft+boxWide+16, y+13+i*lineHigh, html.EscapeString(t))
	}
	high := max(boxHigh+boxGap, len(beside)*lineHigh+12)
	if len(down) > 0 {
		fmt.Fprintf(b, `<path d="M%d %dV%d" stroke="#46514C"/><text x="%d" y="%d" fill="#46514C">%s</text>`+"\n",
			svgLeft+60, y+boxHigh, y+high, svgLeft+68, y+boxHigh+17, html.EscapeString(strings.Join(down, ", ")))
	}
	return high
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
