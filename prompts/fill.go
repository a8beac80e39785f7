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
	out := slotRe.ReplaceAllStringFunc(t.Text, func(m string) string {
		name := m[1 : len(m)-1]
		v, ok := slots[name]
		if !ok || v == "" {
			missing = append(missing, name)
		}
		used[name] = true
		return v
	})
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
