package llm

import (
	"fmt"
	"strings"
	"unicode"

	"hejie/bot/text"
	"hejie/flows"
)

// maxRedacted bounds what a model is shown of one turn.
const maxRedacted = 1200

// redact replaces everything personal or numeric by typed tokens: the model may know that there is an amount, never which.
// names are those the grammar read in this conversation. What remains holds no digit of any script.
func redact(s string, opt text.Opt, names []string) string {
	rs := []rune(s)
	if len(rs) > maxRedacted {
		rs = rs[:maxRedacted]
		s = string(rs)
	}
	var b strings.Builder
	n := map[string]int{}
	token := func(kind string) string { n[kind]++; return fmt.Sprintf("⟦%s%s⟧", kind, letters(n[kind])) }
	at := 0
	for _, f := range text.Figures(s, opt) {
		// One rune may unfold into several figures (½ is 1⁄2): their spans in the original then meet.
		b.WriteString(string(rs[at:max(at, f.Start)]))
		b.WriteString(token(tokenKind(f.Kind)))
		at = max(at, f.End)
	}
	b.WriteString(string(rs[at:]))
	out := b.String()
	for _, name := range names {
		if name != "" {
			out = strings.ReplaceAll(out, name, token("NAME"))
		}
	}
	return dropDigits(out)
}

func tokenKind(k text.FigureKind) string {
	switch k {
	case text.FigMoney:
		return "M"
	case text.FigDate, text.FigRange, text.FigDay, text.FigDuration, text.FigTime:
		return "D"
	}
	return "N"
}

// letters numbers tokens without digits (A, B … Z, AA), so that "no digit leaves" stays a simple, testable rule.
func letters(n int) string {
	s := ""
	for ; n > 0; n = (n - 1) / 26 {
		s = string(rune('A'+(n-1)%26)) + s
	}
	return s
}

// dropDigits is the last net: a run of digits that no reader understood becomes one token.
func dropDigits(s string) string {
	var b strings.Builder
	in := false
	for _, r := range s {
		if unicode.IsNumber(r) && !unicode.Is(unicode.Han, r) {
			if !in {
				b.WriteString("⟦N⟧")
			}
			in = true
			continue
		}
		in = false
		// A stranger must not be able to forge a token or the dashes that fence the message.
		if r == '\u0000' {
			continue
		}
		b.WriteRune(r)
	}
	return strings.ReplaceAll(b.String(), "-----", "—")
}

// namesIn are the names to hide: what the debtor called themselves, now or earlier.
func namesIn(st flows.State, cmds []flows.Command) []string {
	var out []string
	if v, ok := st.Slots[flows.SlotName]; ok {
		out = append(out, v.Text)
	}
	for _, c := range cmds {
		if c.Do == flows.DoSet && c.Slot == flows.SlotName {
			out = append(out, c.Value.Text)
		}
	}
	return out
}
