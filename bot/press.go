package bot

import (
	"strings"

	"hejie/flows"
)

// pressed tells whether a message is the label of a button under the last reply, typed out. Channels without buttons
// show the labels as text, so typing one has to do what pressing it does.
func (b *Bot) pressed(conv Conversation, text string) (flows.Command, bool) {
	text = strings.TrimRight(strings.TrimSpace(text), "。.!！")
	for _, r := range conv.State.LastReply {
		for _, q := range r.Quick {
			for _, lang := range b.words.Langs() {
				if l, ok := b.words.Quick(lang, q); ok && strings.EqualFold(l.Text, text) {
					return flows.Command{Do: flows.DoAction, Action: &flows.Action{Name: "reply", Ref: q}, Confidence: 1}, true
				}
			}
		}
	}
	return flows.Command{}, false
}

// shownTerms: a confirm names the paper that was on the screen by its own hash; the engine knows agreements by the hash
// of their terms. A hash of no paper of this agreement stays as it is, and the engine will not take it for a yes.
func (b *Bot) shownTerms(conv Conversation, a *flows.Action) *flows.Action {
	p := conv.State.Pending
	if a.Name != "confirm" || a.DocSHA256 == "" || p == nil {
		return a
	}
	for _, lang := range b.words.Langs() {
		if doc, err := b.drawDocument(lang, *p); err == nil && doc.SHA256 == a.DocSHA256 {
			same := *a
			same.DocSHA256 = p.SHA256
			return &same
		}
	}
	return a
}
