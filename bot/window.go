package bot

import (
	"context"
	"slices"
	"time"

	"hejie/bot/guard"
	"hejie/flows"
)

// room is how many messages of the window a text may take; 0 where the window has no limit in number, or nothing is left for it.
func (a Address) room(matters bool) int {
	if a.WindowLeft < 0 {
		return 0
	}
	if matters {
		return int(a.WindowLeft)
	}
	return int(max(a.WindowLeft-a.WindowKept, 0))
}

// theirs: the address is proved to be somebody else's than whom the text is for. A file proves nothing: two people may share a number,
// and what goes there says nothing of either.
func theirs(d guard.Draft, a Address) bool {
	if a.Method == ByFile && a.TicketMS == 0 {
		return false
	}
	return d.To.DebtorID != "" && a.DebtorID != "" && a.DebtorID != d.To.DebtorID
}

// mattering are effects a person must hear of even with the last message of a window.
var mattering = []flows.EffectKind{
	flows.EffHandoff, flows.EffHold, flows.EffCase, flows.EffAgreed, flows.EffPromise, flows.EffOptOut,
}

// weigh marks the texts of a turn that may take the message a window keeps back: a person was called or is in need, something was agreed
// or written down, or a recap waits for the person's word.
func weigh(res *TurnResult) {
	done := slices.ContainsFunc(res.Effects, func(e flows.Effect) bool { return slices.Contains(mattering, e.Kind) })
	if !done && !res.Conv.Crisis && res.Conv.State.Pending == nil {
		return
	}
	for i := range res.Outbox {
		res.Outbox[i].Matters = true
	}
}

// typingAfter: an answer that is there at once needs no sign that it is being written.
const (
	typingAfter = 700 * time.Millisecond
	typingTakes = 3 * time.Second
)

// typing shows the person on a messaging channel that an answer is being written, if it takes a while and we may answer at all. The
// returned function ends it.
func (b *Bot) typing(ctx context.Context, conv Conversation) func() {
	if conv.Address == "" || len(b.senders) == 0 {
		return func() {}
	}
	ctx = context.WithoutCancel(ctx)
	t := time.AfterFunc(typingAfter, func() {
		addr, err := b.store.Address(ctx, conv.Address)
		if err != nil || addr.GoneMS > 0 {
			return
		}
		s := b.senders[addr.Channel+"/"+addr.Account]
		peer, ok := s.(Typist)
		if !ok || (s.Account().Traits.Windowed && (addr.WindowLeft == 0 || addr.WindowUntilMS <= b.now().UnixMilli())) {
			return // nothing we write now would be sent
		}
		ctx, cancel := context.WithTimeout(ctx, typingTakes)
		defer cancel()
		peer.Typing(ctx, addr.Number, true) // the text that follows ends it
	})
	return func() { t.Stop() }
}
