package flows

import (
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
	boxWide, boxHigh, boxGap = 420, 34, 30
	svgLeft                  = 40
)

// SVG draws a flow top down: one box a step, curves for every way, ends at the right.
func (e *Engine) SVG(id string) (string, error) {
	f := e.flows[id]
	if f == nil {
		return "", fmt.Errorf("flows: no flow %q", id)
	}
	steps, lines := f.drawing()
	y := map[string]int{}
	for i, s := range steps {
		y[s.id] = 50 + i*(boxHigh+boxGap)
	}
	var b strings.Builder
	high := 50 + len(steps)*(boxHigh+boxGap)
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="960" height="%d" font-family="system-ui,sans-serif" font-size="12">`+"\n", high)
	fmt.Fprintf(&b, `<title>%s</title><text x="%d" y="26" font-weight="600">%s</text>`+"\n", html.EscapeString(f.About), svgLeft, html.EscapeString(f.ID))
	for i, l := range lines {
		svgLine(&b, i, l, y)
	}
	for _, s := range steps {
		round, fill := 4, "#ECEFEA"
		if s.waits {
			round, fill = 16, "#E1EEEA"
		}
		fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%d" height="%d" rx="%d" fill="%s" stroke="#7F8984"/>`, svgLeft, y[s.id], boxWide, boxHigh, round, fill)
		fmt.Fprintf(&b, `<text x="%d" y="%d" fill="#1C2421">%s</text>`+"\n", svgLeft+12, y[s.id]+21, html.EscapeString(clip(s.label, 62)))
	}
	b.WriteString("</svg>\n")
	return b.String(), nil
}

func svgLine(b *strings.Builder, i int, l line, y map[string]int) {
	y1 := y[l.from] + boxHigh
	y2, inside := y[l.to]
	x := svgLeft + boxWide
	switch {
	case !inside: // leaves the flow: a short way out, named
		out := y[l.from] + 8 + i%3*9
		fmt.Fprintf(b, `<path d="M%d %dh26" stroke="#46514C" fill="none"/><text x="%d" y="%d" fill="#46514C">%s</text>`+"\n",
			x, out, x+30, out+4, html.EscapeString(strings.TrimSpace(l.label+" → "+l.to)))
	case y2 == y1+boxGap:
		fmt.Fprintf(b, `<path d="M%d %dv%d" stroke="#46514C"/><text x="%d" y="%d" fill="#46514C">%s</text>`+"\n",
			svgLeft+60, y1, boxGap, svgLeft+66, y1+19, html.EscapeString(l.label))
	default:
		far := x + 190 + i%9*24
		fmt.Fprintf(b, `<path d="M%d %dC%d %d %d %d %d %d" stroke="#74817B" fill="none"/><text x="%d" y="%d" fill="#46514C">%s</text>`+"\n",
			x, y1-8, far, y1, far, y2+8, x, y2+8, x+6, y1+4+i%2*10, html.EscapeString(l.label))
	}
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
