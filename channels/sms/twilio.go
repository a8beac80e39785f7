package sms

import (
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the vendor's protocol
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"hejie/channels"
)

type twilio struct{ c *Channel }

func (t twilio) send(ctx context.Context, o channels.Outgoing, text string) channels.Result {
	form := url.Values{"To": {o.Address}, "From": {t.c.o.From}, "Body": {text}, "StatusCallback": {t.c.o.HookURL}}
	if strings.HasPrefix(t.c.o.From, "MG") {
		form.Del("From")
		form.Set("MessagingServiceSid", t.c.o.From)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.c.o.BaseURL+"/2010-04-01/Accounts/"+url.PathEscape(t.c.o.KeyID)+"/Messages.json", strings.NewReader(form.Encode()))
	if err != nil {
		return channels.Result{Class: channels.Permanent, Code: "bad_request"}
	}
	req.SetBasicAuth(t.c.o.KeyID, t.c.o.KeySecret)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	status, body, res := t.c.do(req)
	if res.Class != "" {
		return res
	}
	var out struct {
		SID  string `json:"sid"`
		Code int    `json:"code"`
	}
	readable := json.Unmarshal(body, &out) == nil
	switch {
	case status/100 == 2 && readable && out.SID != "":
		return channels.Result{Class: channels.Sent, ProviderID: out.SID}
	case status/100 == 2, status >= 500:
		return channels.Result{Class: channels.Ambiguous, Code: strconv.Itoa(status)}
	case status == http.StatusTooManyRequests:
		return channels.Result{Class: channels.RateLimited, Code: strconv.Itoa(out.Code)}
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return channels.Result{Class: channels.AuthFailed, Code: strconv.Itoa(out.Code)}
	}
	return channels.Result{Class: twilioClass(out.Code), Code: strconv.Itoa(out.Code)}
}

func twilioClass(code int) channels.ResultClass {
	switch code {
	case 21610:
		return channels.OptedOut
	case 20003:
		return channels.AuthFailed
	case 20429, 14107, 21611: // 21611: their queue for our number is full
		return channels.RateLimited
	}
	return channels.Permanent
}

// byUnits is the order of the vendor's own library, which compares UTF-16.
func byUnits(a, b string) int {
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}

// twilioSign is the signature of an address and a form: values as they came, a repeated key with its different values sorted.
func twilioSign(token, address string, form url.Values) string {
	keys := make([]string, 0, len(form))
	for k := range form {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, byUnits)
	var b strings.Builder
	b.WriteString(address)
	for _, k := range keys {
		vs := slices.Clone(form[k])
		slices.SortFunc(vs, byUnits)
		for _, v := range slices.Compact(vs) {
			b.WriteString(k + v)
		}
	}
	m := hmac.New(sha1.New, []byte(token))
	_, _ = m.Write([]byte(b.String()))
	return base64.StdEncoding.EncodeToString(m.Sum(nil))
}

// twilioValid accepts the address with and without the port that its scheme implies: the vendor signs either.
func twilioValid(token, address, signature string, form url.Values, body []byte) bool {
	u, err := url.Parse(address)
	if err != nil || signature == "" {
		return false
	}
	if want := u.Query().Get("bodySHA256"); want != "" {
		if subtle.ConstantTimeCompare([]byte(strings.ToLower(want)), []byte(hexSHA256(body))) != 1 {
			return false
		}
		form = nil
	}
	for _, a := range addresses(u, address) {
		if subtle.ConstantTimeCompare([]byte(twilioSign(token, a, form)), []byte(signature)) == 1 {
			return true
		}
	}
	return false
}

func addresses(u *url.URL, as string) []string {
	port := map[string]string{"https": "443", "http": "80"}[u.Scheme]
	other := *u
	if u.Port() != "" {
		other.Host = u.Hostname()
	} else {
		other.Host = net.JoinHostPort(u.Hostname(), port)
	}
	// The text is changed, not rebuilt: the vendor signed its own writing of the query.
	return []string{as, strings.Replace(as, "//"+u.Host, "//"+other.Host, 1)}
}

// receive: replies and status callbacks come to the same address. The address is the configured one: behind a proxy the request's own is another.
func (t twilio) receive(w http.ResponseWriter, r *http.Request, body []byte) {
	address := t.c.o.HookURL
	if r.URL.RawQuery != "" && !strings.Contains(address, "?") {
		address += "?" + r.URL.RawQuery
	}
	form, err := url.ParseQuery(string(body))
	if err != nil || !twilioValid(t.c.o.KeySecret, address, r.Header.Get("X-Twilio-Signature"), form, body) {
		t.c.refuse(w, "the signature does not fit")
		return
	}
	in, receipts := t.read(form)
	if err := t.c.accept(r.Context(), in, receipts); err != nil {
		t.c.notStored(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/xml")
	_, _ = io.WriteString(w, "<Response></Response>")
}

const maxPictures = 10 // of one message, by the vendor

// states of the vendor that tell something new, and ours for them.
var twilioStates = map[string]string{"sent": "sent", "delivered": "delivered", "read": "read", "undelivered": "failed", "failed": "failed", "canceled": "failed"}

func (t twilio) read(f url.Values) (in []channels.Inbound, receipts []channels.Receipt) {
	id, now := f.Get("MessageSid"), t.c.o.Now()
	if status := f.Get("MessageStatus"); status != "" {
		s, ok := twilioStates[status]
		if !ok || id == "" {
			return nil, nil // accepted, queued, sending: we know that
		}
		r := channels.Receipt{ProviderID: id, Address: f.Get("To"), State: s, At: now, Code: f.Get("ErrorCode")}
		if r.Code == "21610" {
			r.Class = channels.OptedOut
		}
		return nil, []channels.Receipt{r}
	}
	if id == "" || f.Get("From") == "" {
		return nil, nil
	}
	a := channels.Inbound{ExtID: id, From: f.Get("From"), At: now, Kind: "text", Text: f.Get("Body"), Raw: []byte(f.Encode())}
	if kind := f.Get("OptOutType"); kind == "STOP" || kind == "START" {
		a.Text, a.Confirmed = kind, true // a keyword of the operator's own at the vendor: what it is there it is here, and the vendor has answered it
	}
	n, _ := strconv.Atoi(f.Get("NumMedia"))
	if n > 0 && a.Text == "" {
		a.Kind = "image"
	}
	for i := range min(n, maxPictures) { // with words or without
		a.Media = append(a.Media, channels.Media{Kind: "image", Format: f.Get("MediaContentType" + strconv.Itoa(i)), URL: f.Get("MediaUrl" + strconv.Itoa(i))})
	}
	return []channels.Inbound{a}, nil
}
