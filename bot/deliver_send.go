package bot

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"hejie/bot/guard"
	"hejie/flows"
	"hejie/flows/calendar"
)

const (
	sendTries   = 6
	backoffCap  = time.Minute
	sendTimeout = 20 * time.Second
	rateWait    = 30 * time.Second
	noAccount   = 5 * time.Minute // an account taken out of the configuration may come back
)

// carry sends one leased row through an account of a messaging channel.
func (b *Bot) carry(ctx context.Context, convID string, o Outgoing) error {
	out := SendOutcome{DraftID: o.Draft.ID, Owner: b.node, Attempt: o.Attempt}
	addr, err := b.store.Address(ctx, o.Draft.To.Address)
	if errors.Is(err, ErrNotFound) {
		return b.finish(ctx, convID, out.dead("no_address"))
	}
	if err != nil {
		return err
	}
	s := b.senders[addr.Channel+"/"+addr.Account]
	if s == nil {
		b.log.Error("a text waits for an account that is not configured", "channel", addr.Channel, "account", addr.Account)
		return b.finish(ctx, convID, out.again("no_account", b.now().Add(noAccount)))
	}
	traits := s.Account().Traits
	at, err := b.proactiveFrom(ctx, o.Draft)
	if err != nil {
		return err
	}
	if early, stop := b.beforeSend(o, addr, traits, at, out); stop {
		return b.finish(ctx, convID, early)
	}
	facts, err := b.freshFacts(ctx, convID, o)
	if err != nil {
		return err
	}
	facts.Identity = guard.Identity(assurance(flows.Identity(facts.Identity), addr, traits, b.now(), b.stepUp))
	cleared, verdict, err := b.filter.Clear(ctx, o.Draft, facts)
	switch {
	case errors.Is(err, ErrConflict): // another contact was counted meanwhile: judge again
		return b.finish(ctx, convID, out.again("caps_moved", b.now()))
	case err != nil && !errors.Is(err, guard.ErrStopped):
		return err // the audit could not be written: nothing went out, the lease ends and it is tried again
	case verdict.Decision != guard.Pass:
		b.log.Warn("the last check stopped a draft", "conversation", convID, "draft", o.Draft.ID, "rules", ruleIDs(verdict))
		return b.finish(ctx, convID, b.stopped(o, verdict, out))
	}
	res := b.send(ctx, s, Parcel{
		Key: o.Key, ConversationID: convID, Channel: addr.Channel, Account: addr.Account, Address: addr.Number, Cleared: cleared,
		ReplyID: o.Draft.ReplyID, Class: o.Class, Attempt: o.Attempt, ExpiresAt: o.Expires, Most: addr.room(o.Matters), Code: addr.WindowCode,
	})
	out.Verdict = &verdict
	return b.finish(ctx, convID, b.judge(o, res, traits, out))
}

func (b *Bot) finish(ctx context.Context, convID string, out SendOutcome) error {
	if out.State == "unknown" {
		out.Next = b.now().Add(askFirst) // then the peer is asked
	}
	if err := b.store.FinishSend(ctx, out); err != nil {
		return err
	}
	b.bus.Publish(Event{Kind: "message", ConvID: convID})
	if out.State == "queued" {
		b.later(convID, out.Next.Sub(b.now()))
	}
	if out.State == "failed" || out.State == "unknown" {
		b.log.Error("a text did not arrive or may not have", "conversation", convID, "draft", out.DraftID, "state", out.State, "code", out.Result.Code, "detail", out.Result.Detail)
	}
	return nil
}

// send is one attempt within its time; a panic of an adapter is a doubt, not an end of the server.
func (b *Bot) send(ctx context.Context, s Sender, p Parcel) (res Result) {
	limit := s.Account().Traits.Timeout
	if limit <= 0 {
		limit = sendTimeout
	}
	limit = min(limit, b.lease/2) // the lease must outlive the attempt
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	defer func() {
		if r := recover(); r != nil {
			res = Result{Class: Ambiguous, Code: "panic", Detail: fmt.Sprint(r)}
		}
	}()
	return s.Send(ctx, p)
}

// beforeSend settles what needs no facts and no filter: the end of its time, a doubt the peer cannot settle, a shut window.
func (b *Bot) beforeSend(o Outgoing, a Address, t Traits, notBefore time.Time, out SendOutcome) (SendOutcome, bool) {
	now := b.now()
	switch {
	case a.GoneMS > 0:
		return out.end("suppressed", "left"), true
	case (a.Desk == "pool" || a.Desk == "human") && o.Draft.Author == guard.Bot && !o.Matters:
		return out.end("suppressed", "desk_serves"), true // the peer's people answer now; it takes no texts of ours, and what matters becomes a task
	case tooLate(o.Draft, calendar.Today(now, b.zone)):
		return out.end("suppressed", "too_late"), true
	case o.MayHaveLeft && t.Repeat != RepeatSameKey && (t.Repeat != RepeatPlain || o.Doubts > 1 || !plain(o.Draft)):
		return out.end("unknown", "cut_off"), true
	case !o.Expires.IsZero() && !now.Before(o.Expires) && o.Class == Answer:
		return out.dead("expired"), true
	case !o.Expires.IsZero() && !now.Before(o.Expires):
		return out.end("suppressed", "expired"), true
	case o.Attempt > sendTries && t.Repeat != RepeatSameKey: // leases that ran out again and again
		return out.dead("too_many_attempts"), true
	case notBefore.After(now):
		return out.later("deferred", "not_now", notBefore), true
	case theirs(o.Draft, a):
		return out.end("suppressed", "another_person"), true
	case t.Windowed && (a.WindowUntilMS <= now.UnixMilli() || a.WindowLeft == 0):
		return out.end("parked", "window_closed"), true
	case t.Windowed && a.WindowLeft > 0 && a.room(o.Matters) == 0:
		return out.end("parked", KeptBack), true
	}
	return out, false
}

// stopped is where a draft goes that the last check stopped. What was parked too long to still be true is dropped; a proactive
// text waits for its hour, its day or the end of a hold, and never leaves after a refusal; all else is shown to people.
func (b *Bot) stopped(o Outgoing, v guard.Verdict, out SendOutcome) SendOutcome {
	out.Verdict = &v
	code := strings.Join(ruleIDs(v), " ")
	switch {
	case o.Draft.Kind == guard.Proactive && hasRule(v, "G08"):
		return out.end("suppressed", code)
	case o.Draft.Kind == guard.Proactive && onlyWaits(v):
		return out.later("deferred", code, b.now().Add(deferUnless))
	case o.WasParked:
		return out.end("suppressed", code)
	}
	return out.end("blocked", code)
}

// judge turns a result into what happens next.
func (b *Bot) judge(o Outgoing, r Result, t Traits, out SendOutcome) SendOutcome {
	out.Result = r
	now := b.now()
	if t.Neutral {
		out.Letters = offeredLetters(spoken(o.Draft))
	}
	switch r.Class {
	case Sent:
		out.State = "sent"
	case Retryable:
		if o.Attempt >= sendTries {
			return out.task("failed")
		}
		out.State, out.Next = "queued", now.Add(wait(r, o.Attempt))
	case RateLimited:
		out.NotTried = true
		out.State, out.Next = "queued", now.Add(max(r.RetryAfter, time.Second))
		if r.RetryAfter <= 0 {
			out.Next = now.Add(jitter(rateWait))
		}
	case AuthFailed:
		if o.AuthTries > 0 {
			return out.task("failed")
		}
		out.State, out.Next, out.Auth, out.NotTried = "queued", now.Add(time.Second), true, true
	case WindowClosed:
		out.State = "parked"
	case OptedOut:
		out.State = "suppressed"
	case Ambiguous:
		return ambiguous(o, t, now, out)
	default: // permanent, and any class an adapter should not have invented
		return out.task("failed")
	}
	return out
}

// ambiguous: it may have arrived. Only a peer that drops doubles lets us say it again; plain words may be said once more.
func ambiguous(o Outgoing, t Traits, now time.Time, out SendOutcome) SendOutcome {
	again := (t.Repeat == RepeatSameKey && o.Attempt < sendTries) || (t.Repeat == RepeatPlain && o.Doubts == 0 && plain(o.Draft))
	if !again {
		out.State = "unknown"
		return out
	}
	out.State, out.Doubt, out.Next = "queued", true, now.Add(wait(out.Result, o.Attempt))
	return out
}

func wait(r Result, attempt int) time.Duration {
	if r.RetryAfter > 0 {
		return r.RetryAfter
	}
	return backoff(attempt, backoffCap)
}

// backoff is 1 s doubled at each attempt up to a cap, with full jitter: all that failed together must not come back together.
func backoff(attempt int, most time.Duration) time.Duration {
	return jitter(min(time.Second<<min(max(attempt-1, 0), 12), most))
}

func jitter(d time.Duration) time.Duration {
	return time.Duration(rand.Int64N(int64(d) + 1)) // #nosec G404 -- spreads load, keeps no secret
}

// plain: nothing in it that a person could take for an offer, an agreement, a link or a code said twice.
func plain(d guard.Draft) bool {
	for _, p := range d.Parts {
		if p.Role == "card" || p.Role == "link" || strings.Contains(p.Text, "://") {
			return false
		}
	}
	return d.Kind != guard.Proactive && d.ReplyID != replyOTP
}

func spoken(d guard.Draft) string {
	var s strings.Builder
	for _, p := range d.Parts {
		s.WriteString(p.Text)
	}
	return s.String()
}

// assurance is what the reader of an address may be shown now: never more than the conversation knows, nothing on a neutral
// channel, and debt facts only for a while after its holder proved who they are, for phones are shared.
func assurance(conv flows.Identity, a Address, t Traits, now time.Time, stepUp time.Duration) flows.Identity {
	if conv != flows.Verified {
		return conv
	}
	if t.Neutral || a.DebtorID == "" || now.Sub(time.UnixMilli(a.SteppedMS)) > stepUp {
		return flows.Identified
	}
	return conv
}

func (o SendOutcome) end(state, code string) SendOutcome {
	o.State, o.NotTried, o.Result.Code = state, true, code
	return o
}

func (o SendOutcome) later(state, code string, at time.Time) SendOutcome {
	o = o.end(state, code)
	o.Next = at
	return o
}

func (o SendOutcome) again(code string, at time.Time) SendOutcome { return o.later("queued", code, at) }

func (o SendOutcome) dead(code string) SendOutcome {
	o = o.end("failed", code)
	o.Task = true
	return o
}

func (o SendOutcome) task(state string) SendOutcome {
	o.State, o.Task = state, true
	return o
}
