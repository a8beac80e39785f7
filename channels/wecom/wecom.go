// Package wecom is one WeCom customer-service desk (微信客服) as a channel: the callback that says "something is new", the cursor loop
// that fetches it, messages out under our own id, greetings by an event's code, links that carry a token, files people sent, and (Desk) the
// vendor's own people with the states of their sessions and what they write.
//
// It does not decide who may be written to, when, or with which words; it keeps no queue and retries nothing but one refused token.
package wecom

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"hejie/channels"
	"hejie/channels/wxcrypt"
)

// usual are the vendor's limits as far as they are known.
var usual = channels.Limits{Text: 2048, Pieces: 2, Buttons: 10, Message: channels.Window{Messages: 5, Lasts: 48 * time.Hour, Kept: 1}}

const (
	apiBase     = "https://qyapi.weixin.qq.com"
	sendTimeout = 8 * time.Second
	pollEach    = time.Minute
	pageSize    = 1000
	takenCode   = 95032
)

// Options of one desk.
type Options struct {
	Account        channels.Account // Channel and Traits are filled here
	CorpID, Secret string           // the secret of an app that may call the customer-service interfaces
	Token          string
	AESKey, OldKey string
	OpenKfID       string // the desk; callbacks for another are answered and ignored

	// TakenCode is the vendor's code for a msgid it took before; no page of theirs names it. 0: the one known from hearsay.
	TakenCode int
	Limits    channels.Limits // zero: the usual ones

	BaseURL string
	Client  *http.Client
	Sink    channels.Sink
	Shared  channels.Shared
	Now     func() time.Time
	Log     *slog.Logger
}

// Channel is the desk. It is an http.Handler for the callback, a channels.Sender, and has a worker (Run).
type Channel struct {
	o     Options
	codec *wxcrypt.Codec
	wake  chan string // the token a callback brought; a full channel means that a round is coming anyway
	mu    sync.Mutex
	token cachedToken
}

// New checks the options whole.
func New(o Options) (*Channel, error) {
	var faults []error
	for name, v := range map[string]string{"name": o.Account.Name, "creditor": o.Account.CreditorID, "corp id": o.CorpID, "secret": o.Secret, "token": o.Token, "EncodingAESKey": o.AESKey, "open_kfid": o.OpenKfID} {
		if v == "" {
			faults = append(faults, fmt.Errorf("wecom %s: %s is missing", o.Account.Name, name))
		}
	}
	codec, err := wxcrypt.New(o.Token, o.CorpID, o.AESKey, o.OldKey)
	if err != nil {
		faults = append(faults, fmt.Errorf("wecom %s: %w", o.Account.Name, err))
	}
	if o.Sink == nil || o.Shared == nil || o.Now == nil {
		faults = append(faults, errors.New("wecom: sink, shared state and clock are needed"))
	}
	limits, err := o.Limits.Over(usual)
	if err != nil {
		faults = append(faults, fmt.Errorf("wecom %s: %w", o.Account.Name, err))
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	o.Limits = limits
	o.Account.Channel = "wecom"
	o.Account.Traits = channels.Traits{MaxBytes: limits.Text, MaxPieces: limits.Pieces, MaxButtons: limits.Buttons, Windowed: true, Repeat: channels.RepeatSameKey, Timeout: sendTimeout}
	if o.TakenCode == 0 {
		o.TakenCode = takenCode
	}
	if o.BaseURL == "" {
		o.BaseURL = apiBase
	}
	o.BaseURL = strings.TrimRight(o.BaseURL, "/")
	if o.Client == nil {
		o.Client = &http.Client{Timeout: sendTimeout}
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Channel{o: o, codec: codec, wake: make(chan string, 1)}, nil
}

// Account tells the core what this desk can do.
func (c *Channel) Account() channels.Account { return c.o.Account }

// Run fetches what is new after each callback, and once a minute whatever happens: a callback may be lost.
// One node of many does it at a time.
func (c *Channel) Run(ctx context.Context) error {
	tick := time.NewTicker(pollEach)
	defer tick.Stop()
	token := ""
	for {
		if err := c.round(ctx, token); err != nil && ctx.Err() == nil {
			c.o.Log.Error("wecom: fetching failed; it is tried again within a minute", "account", c.o.Account.Name, "why", err.Error())
		}
		select {
		case <-ctx.Done():
			return nil
		case token = <-c.wake:
		case <-tick.C:
			token = ""
		}
	}
}

// round takes the lock that keeps two nodes from fetching the same pages, and lets it go.
func (c *Channel) round(ctx context.Context, token string) error {
	key := "wecom:" + c.o.Account.Name + ":sync"
	owner := fmt.Sprintf("%p", c)
	ok, err := c.o.Shared.Lock(ctx, key, owner, c.o.Now().Add(pollEach))
	if err != nil || !ok {
		return err
	}
	return errors.Join(c.fetch(ctx, token), c.o.Shared.Unlock(context.WithoutCancel(ctx), key, owner))
}
