// Package wechat is one WeChat Official Account (or mini program) as a channel: its callback in, customer-service messages out,
// the shared access token, the menu, codes that carry a token, files people sent, and the pages (Bind) on which a follower proves an openid and binds it to a person.
// Callbacks may be XML or, for a mini program, JSON.
//
// It does not decide who may be written to, when, or with which words, keeps no queue and retries nothing but one refused token.
package wechat

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"hejie/channels"
	"hejie/channels/wxcrypt"
)

const (
	apiBase      = "https://api.weixin.qq.com"
	oauthBase    = "https://open.weixin.qq.com"
	typingPath   = "/cgi-bin/message/custom/typing"
	sendTimeout  = 8 * time.Second
	replayWindow = 10 * time.Minute
	passiveWait  = 4 * time.Second // the vendor gives five
)

// usual are the vendor's limits as far as they are known.
var usual = channels.Limits{
	Text:   2048, // community knowledge, the vendor's pages give no number
	Pieces: 2, Buttons: 10,
	Message: channels.Window{Messages: 5, Lasts: 48 * time.Hour, Kept: 1},
	Menu:    channels.Window{Messages: 3, Lasts: time.Minute, Kept: 1}, // a tapped menu item counts as a menu click, not as a message
	Enter:   channels.Window{Messages: 2, Lasts: time.Minute},          // mini program
}

// Mode is how the account's callback is secured. Only safe covers the body by a signature.
type Mode string

const (
	Safe       Mode = "safe"
	Compatible Mode = "compatible"
	Plain      Mode = "plain"
)

// Options of one account.
type Options struct {
	Account        channels.Account // Channel and Traits are filled here
	GhID           string           // the account's own id, gh_…: messages for another are refused
	AppID, Secret  string
	Token          string
	AESKey, OldKey string // EncodingAESKey, and the one before it during a rotation
	Mode           Mode   // empty: safe
	// Passive: the account may not send customer-service messages (error 48001). What is ready in time goes as the answer to
	// the callback; the rest waits for the person's next message.
	Passive bool
	Menus   bool // quick replies as a menu message: verified accounts only

	Limits     channels.Limits // zero: the usual ones
	TypingPath string          // pages of the vendor differ on it; empty: the usual one

	BaseURL  string // empty: the vendor's
	OAuthURL string // where a phone proves its openid; empty: the vendor's
	Client   *http.Client
	Sink     channels.Sink
	Shared   channels.Shared
	Now      func() time.Time
	Log      *slog.Logger
}

// Channel is the account. It is an http.Handler for the callback and a channels.Sender.
type Channel struct {
	o       Options
	codec   *wxcrypt.Codec
	waiting waiters
}

// New checks the options whole.
func New(o Options) (*Channel, error) {
	var faults []error
	for name, v := range map[string]string{"name": o.Account.Name, "creditor": o.Account.CreditorID, "gh id": o.GhID, "app id": o.AppID, "secret": o.Secret, "token": o.Token} {
		if v == "" {
			faults = append(faults, fmt.Errorf("wechat %s: %s is missing", o.Account.Name, name))
		}
	}
	if o.Mode == "" {
		o.Mode = Safe
	}
	if o.Mode != Safe && o.Mode != Compatible && o.Mode != Plain {
		faults = append(faults, fmt.Errorf("wechat %s: mode %q is not safe, compatible or plain", o.Account.Name, o.Mode))
	}
	codec, err := wxcrypt.New(o.Token, o.AppID, o.AESKey, o.OldKey)
	if err != nil {
		faults = append(faults, fmt.Errorf("wechat %s: %w", o.Account.Name, err))
	} else if o.Mode != Plain && !codec.Secured() {
		faults = append(faults, fmt.Errorf("wechat %s: mode %s needs the EncodingAESKey", o.Account.Name, o.Mode))
	}
	if o.Sink == nil || o.Shared == nil || o.Now == nil {
		faults = append(faults, errors.New("wechat: sink, shared state and clock are needed"))
	}
	limits, err := o.Limits.Over(usual)
	if err != nil {
		faults = append(faults, fmt.Errorf("wechat %s: %w", o.Account.Name, err))
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	o.Limits = limits
	o.Account.Channel = "wechat"
	o.Account.Traits = channels.Traits{MaxBytes: limits.Text, MaxPieces: limits.Pieces, Windowed: true, Repeat: channels.RepeatPlain, Timeout: sendTimeout}
	if o.Menus {
		o.Account.Traits.MaxButtons = limits.Buttons
	}
	if o.Passive {
		o.Account.Traits.MaxPieces, o.Account.Traits.MaxButtons = 1, 0
	}
	if o.BaseURL == "" {
		o.BaseURL = apiBase
	}
	if o.TypingPath == "" {
		o.TypingPath = typingPath
	}
	if o.OAuthURL == "" {
		o.OAuthURL = oauthBase
	}
	o.BaseURL, o.OAuthURL = strings.TrimRight(o.BaseURL, "/"), strings.TrimRight(o.OAuthURL, "/")
	if o.Client == nil {
		o.Client = &http.Client{Timeout: sendTimeout}
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Channel{o: o, codec: codec, waiting: waiters{list: map[string][]chan passive{}}}, nil
}

// Account tells the core what this account can do.
func (c *Channel) Account() channels.Account { return c.o.Account }
