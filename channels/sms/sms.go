// Package sms is one line of one text-message provider as a channel: signing, templates, replies and receipts with each vendor's
// quirks. Aliyun and Tencent take only approved templates; Twilio and the generic gateway take text.
//
// It does not decide who may be written to, when, or with which words, adds no signature, keeps no queue and never retries:
// no provider here drops doubles, so a send that ended in doubt stays in doubt until a receipt, the vendor's own books (Ask) or a person settles it.
package sms

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"hejie/channels"
)

const (
	maxRunes    = 500 // of one billed message at home
	maxBody     = 256 << 10
	maxAnswer   = 64 << 10
	maxList     = 1 << 20 // a page of the vendor's books
	sendTimeout = 8 * time.Second
	minSecret   = 32 // hex digits, 128 bits: some vendors do not sign what they send us
)

// Template is an approved text at the carrier, and how our variables fill it, in its order.
type Template struct {
	Code string   `yaml:"code"`
	Vars []string `yaml:"vars"`
}

// Options of one line.
type Options struct {
	Account   channels.Account // Channel and Traits are filled here
	Provider  string           // aliyun | tencent | twilio | gateway
	KeyID     string           // AccessKeyId, SecretId, AccountSid
	KeySecret string           // AccessKeySecret, SecretKey, AuthToken, gateway secret
	SignName  string           // approved signature (aliyun, tencent)
	AppID     string           // tencent: SmsSdkAppId
	From      string           // twilio, gateway: the number or service we send from
	Extend    string           // aliyun: extension that replies come back on
	// HookSecret stands in the webhook's address where the vendor signs nothing (aliyun, tencent).
	HookSecret string
	HookURL    string // twilio: the public address it was given, for its signature covers that
	Templates  map[string]Template
	Gateway    Gateway

	BaseURL string // empty: the vendor's
	Client  *http.Client
	Sink    channels.Sink
	Now     func() time.Time
	Log     *slog.Logger
}

// driver is one vendor.
type driver interface {
	// send makes one request and reads its answer. text is empty where the vendor takes only templates.
	send(ctx context.Context, o channels.Outgoing, text string) channels.Result
	// ask looks in the vendor's books for a send nobody knows the end of. found false: it is not there, or not to be told from another.
	ask(ctx context.Context, d channels.Doubt) (r channels.Receipt, found bool, err error)
	// receive handles a callback whose secret or signature it checks itself.
	receive(w http.ResponseWriter, r *http.Request, body []byte)
}

// Channel is the line. It is an http.Handler for callbacks and a channels.Sender.
type Channel struct {
	o Options
	d driver
}

var providers = map[string]struct {
	base      string
	templates bool
	secret    bool // its callbacks are not signed
	driver    func(*Channel) driver
}{
	"aliyun":  {"https://dysmsapi.aliyuncs.com", true, true, func(c *Channel) driver { return aliyun{c} }},
	"tencent": {"https://sms.tencentcloudapi.com", true, true, func(c *Channel) driver { return tencent{c} }},
	"twilio":  {"https://api.twilio.com", false, false, func(c *Channel) driver { return twilio{c} }},
	"gateway": {"", false, false, func(c *Channel) driver { return gateway{c} }},
}

// TakesTemplates tells of a provider that it sends approved templates and no text.
func TakesTemplates(provider string) bool { return providers[provider].templates }

// New checks the options whole.
func New(o Options) (*Channel, error) {
	p, known := providers[o.Provider]
	if !known {
		return nil, fmt.Errorf("sms %s: provider %q is not aliyun, tencent, twilio or gateway", o.Account.Name, o.Provider)
	}
	var faults []error
	need := map[string]string{"name": o.Account.Name, "creditor": o.Account.CreditorID, "key secret": o.KeySecret}
	if o.Provider != "gateway" {
		need["key id"] = o.KeyID
	}
	switch o.Provider {
	case "aliyun":
		need["signature"] = o.SignName
	case "tencent":
		need["signature"], need["app id"] = o.SignName, o.AppID
	case "twilio":
		need["from"], need["hook url"] = o.From, o.HookURL
	case "gateway":
		faults = append(faults, o.Gateway.check(o.Account.Name))
	}
	for name, v := range need {
		if v == "" {
			faults = append(faults, fmt.Errorf("sms %s: %s is missing", o.Account.Name, name))
		}
	}
	if p.secret && len(o.HookSecret) < minSecret {
		faults = append(faults, fmt.Errorf("sms %s: %s does not sign what it sends; the hook secret needs %d characters", o.Account.Name, o.Provider, minSecret))
	}
	if o.Sink == nil || o.Now == nil {
		faults = append(faults, errors.New("sms: sink and clock are needed"))
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	o.Account.Channel = "sms"
	o.Account.Traits = channels.Traits{MaxRunes: maxRunes, MaxPieces: 1, Neutral: true, Templates: p.templates, Receipts: true, Repeat: channels.RepeatNever, Timeout: sendTimeout}
	if o.BaseURL == "" {
		o.BaseURL = p.base
	}
	o.BaseURL = strings.TrimRight(o.BaseURL, "/")
	if o.Client == nil {
		o.Client = &http.Client{Timeout: sendTimeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	c := &Channel{o: o}
	c.d = p.driver(c)
	return c, nil
}

// Account tells the core what this line can do.
func (c *Channel) Account() channels.Account { return c.o.Account }

// Send makes one attempt.
func (c *Channel) Send(ctx context.Context, o channels.Outgoing) channels.Result {
	if err := o.Cleared.Made(); err != nil {
		return channels.Result{Class: channels.Permanent, Code: "not_cleared"}
	}
	text := ""
	if !c.o.Account.Traits.Templates {
		pieces, ok := channels.Split(channels.Text(o.Cleared), c.o.Account.Traits)
		if !ok {
			return channels.Result{Class: channels.Permanent, Code: "too_long"}
		}
		text = pieces[0]
	} else if _, ok := c.o.Templates[o.ReplyID]; !ok {
		return channels.Result{Class: channels.Permanent, Code: "no_template", Detail: "no approved template for " + o.ReplyID}
	}
	return c.d.send(ctx, o, text)
}

// ServeHTTP takes replies and receipts.
func (c *Channel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", "POST")
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	c.d.receive(w, r, body)
}

// knowsSecret compares the secret at the end of the address in constant time.
func (c *Channel) knowsSecret(r *http.Request) bool {
	got := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	return subtle.ConstantTimeCompare([]byte(got), []byte(c.o.HookSecret)) == 1
}

// do sends a request and reads a bounded answer. unsent: it certainly did not reach the vendor.
func (c *Channel) do(req *http.Request) (status int, body []byte, res channels.Result) {
	return c.doUpTo(req, maxAnswer)
}

func (c *Channel) doUpTo(req *http.Request, most int64) (status int, body []byte, res channels.Result) {
	resp, err := c.o.Client.Do(req)
	if err != nil {
		if channels.NeverSent(err) {
			return 0, nil, channels.Result{Class: channels.Retryable, Code: "unreachable"}
		}
		return 0, nil, channels.Result{Class: channels.Ambiguous, Code: "no_answer"}
	}
	defer func() { _ = resp.Body.Close() }()
	body, err = io.ReadAll(io.LimitReader(resp.Body, most))
	if err != nil {
		return resp.StatusCode, nil, channels.Result{Class: channels.Ambiguous, Code: "half_answer"}
	}
	return resp.StatusCode, body, channels.Result{}
}

// accept stores replies; the first that cannot be stored makes the vendor send all of them again, and those stored are then duplicates.
func (c *Channel) accept(ctx context.Context, in []channels.Inbound, receipts []channels.Receipt) error {
	for _, i := range in {
		i.Channel, i.Account = "sms", c.o.Account.Name
		if _, err := c.o.Sink.Accept(ctx, i); err != nil {
			return err
		}
	}
	for _, r := range receipts {
		if r.ProviderID == "" && r.Key == "" {
			c.o.Log.Warn("sms: a receipt names no message", "account", c.o.Account.Name)
			continue // refused, the vendor would send the whole batch again and again
		}
		r.Channel, r.Account = "sms", c.o.Account.Name
		if err := c.o.Sink.Receipt(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

func (c *Channel) refuse(w http.ResponseWriter, why string) {
	c.o.Log.Warn("sms: a request was refused", "account", c.o.Account.Name, "why", why)
	w.WriteHeader(http.StatusForbidden)
}

func (c *Channel) notStored(w http.ResponseWriter, err error) {
	c.o.Log.Error("sms: a callback could not be stored", "account", c.o.Account.Name, "why", err.Error())
	w.WriteHeader(http.StatusServiceUnavailable)
}

var _ channels.Sender = (*Channel)(nil)

// chinaTime: vendors at home write local times without a zone.
var chinaTime = time.FixedZone("CST", 8*3600)

func localTime(s string, otherwise time.Time) time.Time {
	if t, err := time.ParseInLocation(time.DateTime, s, chinaTime); err == nil {
		return t
	}
	return otherwise
}

// e164 writes a number at home as the world does: 13800000000 → +8613800000000. Without a country a number is one at home only
// if it looks so: eleven digits that begin with 1.
func e164(country, number string) string {
	number = strings.TrimSpace(number)
	if strings.HasPrefix(number, "+") {
		return number
	}
	number = strings.TrimPrefix(number, "00")
	if country == "" {
		if len(number) != 11 || number[0] != '1' {
			return "+" + number
		}
		country = "86"
	}
	if len(number) > 11 && strings.HasPrefix(number, country) {
		return "+" + number
	}
	return "+" + country + number
}

// athome is the same the other way round; numbers abroad keep their country.
func athome(number string) string { return strings.TrimPrefix(strings.TrimPrefix(number, "+86"), "+") }
