package prompts

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var slotRe = regexp.MustCompile(`\{([a-z][a-z0-9_]*)\}`)

// Placeholders are the slots of a text, each once, sorted. The caller must not change the slice.
func (t Text) Placeholders() []string { return t.slots }

func placeholders(text string) []string {
	var out []string
	for _, m := range slotRe.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(out, m[1]) {
			out = append(out, m[1])
		}
	}
	slices.Sort(out)
	return out
}

func fill(t Text, slots map[string]string) (string, error) {
	used := map[string]bool{}
	var missing []string
	var b strings.Builder
	at := 0
	for _, m := range slotRe.FindAllStringSubmatchIndex(t.Text, -1) {
		name := t.Text[m[2]:m[3]]
		v, ok := slots[name]
		if !ok || v == "" {
			missing = append(missing, name)
		}
		used[name] = true
		b.WriteString(t.Text[at:m[0]])
		b.WriteString(v)
		if at = m[1]; strings.HasSuffix(v, "）") && strings.HasPrefix(t.Text[at:], " ") {
			at++ // a full-width bracket brings its own space
		}
	}
	b.WriteString(t.Text[at:])
	out := b.String()
	if len(missing) > 0 {
		return "", fmt.Errorf("prompts: text %q lacks %s", t.ID, strings.Join(missing, ", "))
	}
	for name := range slots {
		if !used[name] {
			return "", fmt.Errorf("prompts: text %q has no slot %q", t.ID, name)
		}
	}
	return out, nil
}
