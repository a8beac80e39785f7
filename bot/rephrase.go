package bot

import (
	"context"
	"strings"
)

// reword lets the model vary an approved reply that allows it. The model sees the text with its placeholders, never
// what fills them, and must give each placeholder back exactly once; otherwise the approved text stands.
// The result passes the same filter as the approved text; a reworded text that fails there falls back too.
func (b *Bot) reword(ctx context.Context, lang, id, approved, filled string, slots map[string]string) string {
	out, err := b.rephrase.Rephrase(ctx, lang, approved)
	if err != nil {
		b.log.Info("approved text used as it is", "reply", id, "why", err.Error())
		return filled
	}
	pairs := make([]string, 0, 2*len(slots))
	for name, v := range slots {
		ph := "{" + name + "}"
		if strings.Count(out, ph) != strings.Count(approved, ph) {
			return filled
		}
		pairs = append(pairs, ph, v)
	}
	out = strings.NewReplacer(pairs...).Replace(out)
	if strings.ContainsAny(out, "{}⟦⟧") || strings.TrimSpace(out) == "" {
		return filled
	}
	return out
}
