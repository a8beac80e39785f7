package bot

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"time"

	"hejie/bot/guard"
	"hejie/flows"
	"hejie/flows/calendar"
)

// Binding an address to a debtor: a ticket from the conversation, the holder's openid from the vendor, a factor and a code to
// the phone on file. The vendor's adapter proves the openid; everything else is here.

const (
	ticketLife   = 10 * time.Minute
	codeMinutes  = 5
	bindAttempts = 5 // a day, per debtor and per address
)

// BindingLife is how long an address stays bound.
const BindingLife = 180 * 24 * time.Hour

// BindTicket makes a single-use ticket for the holder of an address, to be carried by a link: 256 bits, ten minutes.
func (b *Bot) BindTicket(ctx context.Context, channel, account, number string) (token string, err error) {
	s := b.senders[channel+"/"+account]
	if s == nil {
		return "", fmt.Errorf("account %s/%s: %w", channel, account, ErrNotFound)
	}
	addr, err := b.store.PutAddress(ctx, s.Account(), number, b.now().UnixMilli())
	if err != nil {
		return "", err
	}
	token = newToken()
	return token, b.store.PutTicket(ctx, token, Ticket{Address: addr.ID, ExpiresMS: b.now().Add(ticketLife).UnixMilli()}, b.now().UnixMilli())
}

// BindClaim takes the factors the holder of a ticket names and sends a code to the phone on file. number is the openid the vendor
// vouches for: it must be the ticket's. It returns the phone's last four. ErrVerify: wrong, used up or too often; it does not say which.
func (b *Bot) BindClaim(ctx context.Context, token, number, name, id4 string) (phoneLast4 string, err error) {
	addr, err := b.ticketAddress(ctx, token, number)
	if err != nil {
		return "", err
	}
	day := calendar.Today(b.now(), b.zone).String()
	if n, err := b.store.CountToday(ctx, "bind:address:"+addr.ID, day); err != nil || n > bindAttempts {
		return "", errors.Join(err, ErrVerify)
	}
	found, err := b.store.FindDebtors(ctx, addr.CreditorID, name, "", id4)
	if err != nil {
		return "", err
	}
	if name == "" || id4 == "" || len(found) != 1 {
		return "", ErrVerify
	}
	d := found[0]
	if n, err := b.store.CountToday(ctx, "bind:debtor:"+d.ID, day); err != nil || n > bindAttempts {
		return "", errors.Join(err, ErrVerify)
	}
	code := newCode()
	if err := b.store.ClaimTicket(ctx, token, d.ID, code, b.now().Add(codeMinutes*time.Minute).UnixMilli()); err != nil {
		return "", err
	}
	return d.PhoneLast4, b.sendCode(ctx, addr.CreditorID, d.ID, code)
}

// BindConfirm checks the code and binds. The debtor's other bound addresses are told: whoever did not do this must learn of it.
func (b *Bot) BindConfirm(ctx context.Context, token, number, code string) error {
	if _, err := b.ticketAddress(ctx, token, number); err != nil {
		return err
	}
	others, err := b.store.UseTicket(ctx, token, code, b.now().Add(BindingLife), b.now().UnixMilli())
	if err != nil {
		return err
	}
	for _, o := range others {
		if err := b.tellElsewhere(ctx, o); err != nil { // the binding stands; the notice is not worth undoing it
			b.log.Error("an address was not told of a new binding", "address", o.ID, "err", err)
		}
	}
	return nil
}

func (b *Bot) ticketAddress(ctx context.Context, token, number string) (Address, error) {
	k, err := b.store.Ticket(ctx, token)
	if errors.Is(err, ErrNotFound) {
		return Address{}, ErrVerify
	}
	if err != nil {
		return Address{}, err
	}
	addr, err := b.store.Address(ctx, k.Address)
	if err != nil {
		return Address{}, err
	}
	if k.UsedMS > 0 || k.ExpiresMS <= b.now().UnixMilli() || addr.Number != number || number == "" {
		return Address{}, ErrVerify
	}
	return addr, nil
}

// Inviting lists the accounts a conversation's person could be invited to, and whether they have proved who they are.
func (b *Bot) Inviting(ctx context.Context, convID string) (to []InviteTo, proved bool, err error) {
	conv, err := b.store.Conversation(ctx, convID)
	if err == nil {
		conv, err = b.stepDown(ctx, conv)
	}
	if err != nil {
		return nil, false, err
	}
	for _, name := range slices.Sorted(maps.Keys(b.senders)) {
		s := b.senders[name]
		a := s.Account()
		if _, able := s.(Inviter); able && a.CreditorID == conv.CreditorID && a.Channel != conv.Channel {
			to = append(to, InviteTo{a.Channel, a.Name})
		}
	}
	return to, mayInvite(conv), nil
}

func mayInvite(c Conversation) bool {
	return c.Identity == flows.Verified && c.DebtorID != "" && c.Control != Closed
}

// Invite makes a link or code that brings the person of a conversation to a messaging account and names whose the address there is: for
// a person who has proved who they are, single use, ten minutes. by goes to the audit. ErrVerify; ErrNotFound: no such account, or its peer
// makes no links; ErrPeer.
func (b *Bot) Invite(ctx context.Context, convID, channel, account, by string) (Invitation, error) {
	conv, err := b.store.Conversation(ctx, convID)
	if err == nil {
		conv, err = b.stepDown(ctx, conv) // what was proved on a messaging channel holds for a while only
	}
	if err != nil {
		return Invitation{}, err
	}
	s := b.senders[channel+"/"+account]
	peer, ok := s.(Inviter)
	switch {
	case !ok || s.Account().CreditorID != conv.CreditorID:
		return Invitation{}, fmt.Errorf("links to %s/%s: %w", channel, account, ErrNotFound)
	case !mayInvite(conv):
		return Invitation{}, ErrVerify
	}
	token := newToken()
	out := Invitation{Until: b.now().Add(ticketLife)}
	k := Ticket{DebtorID: conv.DebtorID, ExpiresMS: out.Until.UnixMilli()}
	if err := b.store.PutTicket(ctx, token, k, b.now().UnixMilli()); err != nil {
		return out, err
	}
	if out.Link, out.Drawn, err = peer.InviteURL(ctx, token, ticketLife); err != nil {
		return out, fmt.Errorf("link to %s/%s: %w: %w", channel, account, ErrPeer, err)
	}
	return out, b.store.LogAudit(ctx, "invited", by, convID, map[string]string{"channel": channel, "account": account})
}

// invited looks whether what a code or link carried is a ticket of ours that still counts. Anything else is only where somebody came from.
func (b *Bot) invited(ctx context.Context, c *InboxCommit, a Account, token string) error {
	if token == "" {
		return nil
	}
	k, err := b.store.Ticket(ctx, token)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	addr := &c.Address
	if k.Address != "" || k.DebtorID == "" || k.Creditor != a.CreditorID || k.UsedMS > 0 || k.ExpiresMS <= b.now().UnixMilli() ||
		(addr.DebtorID != "" && addr.DebtorID != k.DebtorID) {
		return nil // another creditor's, old, or the address is known to be somebody else's
	}
	addr.DebtorID, c.Known, c.Ticket = k.DebtorID, k.DebtorID, token
	if addr.Method == ByNobody {
		addr.Method = ByFile
	}
	return nil
}

// boundNow tells the debtor's other addresses of one that a proof has just bound: whoever did not do this must learn of it.
func (b *Bot) boundNow(ctx context.Context, conv Conversation, effects []flows.Effect, nowMS int64) {
	if len(b.senders) == 0 || !slices.ContainsFunc(effects, func(e flows.Effect) bool { return e.Kind == flows.EffVerified }) {
		return
	}
	addr, err := b.store.Address(ctx, conv.Address)
	if err != nil || addr.Method != ByOTP || addr.TicketMS == 0 || addr.VerifiedMS != nowMS {
		return // a browser, or an address that was not bound by this
	}
	all, err := b.store.AddressesOf(ctx, addr.CreditorID, addr.DebtorID)
	for _, o := range all {
		if o.ID != addr.ID && o.Bound(b.now()) {
			err = errors.Join(err, b.tellElsewhere(ctx, o))
		}
	}
	if err != nil {
		b.log.Error("an address was not told of a new binding", "conversation", conv.ID, "err", err)
	}
}

func newToken() string {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails
	return base64.RawURLEncoding.EncodeToString(raw)
}

func newCode() string {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		panic(err) // crypto/rand.Reader never fails
	}
	return fmt.Sprintf("%06d", n)
}

// sendCode sends a one-time code by SMS to the phone on file.
func (b *Bot) sendCode(ctx context.Context, creditorID, debtorID, code string) error {
	a, ok := b.smsAccount(creditorID)
	if !ok {
		return fmt.Errorf("no SMS account for codes: %w", ErrNotFound)
	}
	addr, err := b.store.PhoneAddress(ctx, a, debtorID, b.now().UnixMilli())
	if err != nil {
		return err
	}
	conv, err := b.addressConversation(ctx, addr)
	if err != nil {
		return err
	}
	o, err := b.system(ctx, conv, replyOTP, map[string]flows.Value{
		"code": textSlot(code, "case:binding"), "minutes": {Kind: flows.KindCount, Count: codeMinutes, Origin: "policy:binding"},
	}, "otp:"+addr.ID+":"+strconv.FormatInt(b.now().UnixNano(), 36))
	if err != nil {
		return err
	}
	o.Draft.Author, o.Draft.Kind, o.Class, o.TTL = guard.System, guard.Notice, OTP, codeMinutes*time.Minute
	o.Verdict = b.filter.Check(o.Draft, o.Facts)
	if o.Verdict.Decision != guard.Pass {
		return fmt.Errorf("the code's text was stopped: %v", ruleIDs(o.Verdict))
	}
	if err := b.store.Enqueue(ctx, o, b.now().UnixMilli()); err != nil {
		return err
	}
	b.queue.add(conv.ID, 0)
	return nil
}

func (b *Bot) smsAccount(creditorID string) (Account, bool) {
	for _, s := range b.senders {
		if a := s.Account(); a.Channel == "sms" && a.CreditorID == creditorID {
			return a, true
		}
	}
	return Account{}, false
}

func (b *Bot) tellElsewhere(ctx context.Context, a Address) error {
	conv, err := b.addressConversation(ctx, a)
	if err != nil {
		return err
	}
	cf, err := b.caseFile(ctx, conv, flows.Match{}, conv.DebtorID)
	if err != nil {
		return err
	}
	o, err := b.system(ctx, conv, "bound_elsewhere", map[string]flows.Value{"hotline": {Kind: flows.KindPhone, Text: cf.Creditor.Hotline, Origin: "creditor"}},
		fmt.Sprintf("bound:%s:%d", a.ID, b.now().UnixMilli()))
	if err != nil {
		return err
	}
	o.Draft.Author, o.Draft.Kind = guard.System, guard.Notice
	o.Verdict = b.filter.Check(o.Draft, o.Facts)
	if err := b.store.Enqueue(ctx, o, b.now().UnixMilli()); err != nil {
		return err
	}
	b.queue.add(conv.ID, 0)
	return nil
}
