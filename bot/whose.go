package bot

import (
	"context"
	"errors"
)

// phoneChannel is where an address is a phone number, which the creditor's file may name.
const phoneChannel = "sms"

// whose looks up by the file whose number wrote, for as long as nobody proved it: the file changes, and numbers change hands. It vouches
// for no more than a name to write the thread under; one number of two people is nobody's.
func (b *Bot) whose(ctx context.Context, c *InboxCommit, a Account) (KnownDebtor, error) {
	addr := &c.Address
	if a.Channel != phoneChannel || (addr.Method != ByNobody && addr.Method != ByFile) {
		return KnownDebtor{}, nil
	}
	d, err := b.store.DebtorByPhone(ctx, a.CreditorID, addr.Number)
	switch {
	case errors.Is(err, ErrNotFound):
		c.Unknown = addr.Method == ByFile
		addr.DebtorID, addr.Method = "", ByNobody
		return KnownDebtor{}, nil
	case err != nil:
		return d, err
	}
	addr.DebtorID, addr.Method, c.Known = d.ID, ByFile, d.ID
	return d, nil
}

// anothers: a thread that belongs to somebody the number is no longer known to be of is not gone on with.
func (c *InboxCommit) anothers(conv Conversation) bool {
	named := c.Known != "" || c.Unknown || (c.Address.Channel == phoneChannel && c.Address.DebtorID == "")
	return named && conv.DebtorID != "" && conv.DebtorID != c.Address.DebtorID
}
