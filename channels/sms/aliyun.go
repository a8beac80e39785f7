package sms

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"hejie/channels"
)

type aliyun struct{ c *Channel }

// rfc3986 is the encoding the signature is made of: a space is %20, a star %2A, a tilde stays.
func rfc3986(s string) string {
	return strings.NewReplacer("+", "%20", "*", "%2A", "%7E", "~").Replace(url.QueryEscape(s))
}

func canonicalQuery(q url.Values) string {
	keys := make([]string, 0, len(q))
	for k := range q {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	parts := make([]string, 0, len(q))
	for _, k := range keys {
		parts = append(parts, rfc3986(k)+"="+rfc3986(q.Get(k)))
	}
	return strings.Join(parts, "&")
}

func hexSHA256(b []byte) string { s := sha256.Sum256(b); return hex.EncodeToString(s[:]) }

func hmacSHA256(key []byte, s string) []byte {
	m := hmac.New(sha256.New, key)
	_, _ = m.Write([]byte(s))
	return m.Sum(nil)
}

// signV3 gives the Authorization header of a request whose body is empty and whose parameters are all in the query.
func signV3(keyID, secret, host, action, version, date, nonce string, q url.Values) (headers map[string]string) {
	headers = map[string]string{
		"host": host, "x-acs-action": action, "x-acs-version": version, "x-acs-date": date, "x-acs-signature-nonce": nonce,
		"x-acs-content-sha256": hexSHA256(nil),
	}
	names := make([]string, 0, len(headers))
	for k := range headers {
		names = append(names, k)
	}
	slices.Sort(names)
	var canonical strings.Builder
	for _, k := range names {
		canonical.WriteString(k + ":" + headers[k] + "\n")
	}
	signed := strings.Join(names, ";")
	request := strings.Join([]string{http.MethodPost, "/", canonicalQuery(q), canonical.String(), signed, headers["x-acs-content-sha256"]}, "\n")
	sig := hex.EncodeToString(hmacSHA256([]byte(secret), "ACS3-HMAC-SHA256\n"+hexSHA256([]byte(request))))
	headers["Authorization"] = "ACS3-HMAC-SHA256 Credential=" + keyID + ",SignedHeaders=" + signed + ",Signature=" + sig
	return headers
}

func (a aliyun) send(ctx context.Context, o channels.Outgoing, _ string) channels.Result {
	t := a.c.o.Templates[o.ReplyID]
	all := channels.Vars(o.Cleared)
	params := map[string]string{}
	for _, v := range t.Vars {
		if all[v] == "" {
			return channels.Result{Class: channels.Permanent, Code: "no_variable", Detail: v}
		}
		params[v] = all[v]
	}
	raw, err := json.Marshal(params)
	if err != nil {
		return channels.Result{Class: channels.Permanent, Code: "no_variable"}
	}
	q := url.Values{"PhoneNumbers": {athome(o.Address)}, "SignName": {a.c.o.SignName}, "TemplateCode": {t.Code}, "TemplateParam": {string(raw)}, "OutId": {o.Key}}
	if a.c.o.Extend != "" {
		q.Set("SmsUpExtendCode", a.c.o.Extend)
	}
	status, body, res := a.call(ctx, "SendSms", q)
	if res.Class != "" {
		return res
	}
	var out struct{ Code, BizId string } //nolint:revive // the vendor's field
	if json.Unmarshal(body, &out) != nil || out.Code == "" {
		return channels.Result{Class: channels.Ambiguous, Code: "unreadable"}
	}
	if out.Code == "OK" { // whatever the HTTP status says
		return channels.Result{Class: channels.Sent, ProviderID: out.BizId}
	}
	class := aliyunClass(out.Code)
	if status >= http.StatusInternalServerError && class == channels.Permanent {
		class = channels.Ambiguous // it broke on their side, nobody knows how far it came
	}
	return channels.Result{Class: class, Code: out.Code, RetryAfter: aliyunPause(out.Code)}
}

// call signs one request. A result with a class means that there is no answer to read.
func (a aliyun) call(ctx context.Context, action string, q url.Values) (status int, body []byte, res channels.Result) {
	u, err := url.Parse(a.c.o.BaseURL)
	if err != nil {
		return 0, nil, channels.Result{Class: channels.AuthFailed, Code: "bad_address"}
	}
	nonce := make([]byte, 16)
	_, _ = rand.Read(nonce) // never fails
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.c.o.BaseURL+"/?"+canonicalQuery(q), nil)
	if err != nil {
		return 0, nil, channels.Result{Class: channels.Permanent, Code: "bad_request"}
	}
	for k, v := range signV3(a.c.o.KeyID, a.c.o.KeySecret, u.Host, action, "2017-05-25", a.c.o.Now().UTC().Format("2006-01-02T15:04:05Z"), hex.EncodeToString(nonce), q) {
		if k != "host" {
			req.Header.Set(k, v)
		}
	}
	return a.c.do(req)
}

func aliyunClass(code string) channels.ResultClass {
	switch strings.ToUpper(strings.TrimPrefix(strings.TrimPrefix(code, "isv."), "isp.")) {
	case "BUSINESS_LIMIT_CONTROL", "DAY_LIMIT_CONTROL", "MONTH_LIMIT_CONTROL", "THROTTLING.USER", "THROTTLING":
		return channels.RateLimited
	case "SYSTEM_ERROR":
		return channels.Retryable
	case "DENY_IP_RANGE", "RAM_PERMISSION_DENY", "OUT_OF_SERVICE", "PRODUCT_UN_SUBSCRIPT", "PRODUCT_UNSUBSCRIBE", "ACCOUNT_NOT_EXISTS", "AMOUNT_NOT_ENOUGH",
		"INVALIDACCESSKEYID.NOTFOUND", "SIGNATUREDOESNOTMATCH", "INVALIDTIMESTAMP.EXPIRED", "SIGNATURENONCEUSED":
		return channels.AuthFailed
	case "BLACK_KEY_CONTROL_LIMIT", "MOBILE_IN_BLACK":
		return channels.OptedOut
	}
	return channels.Permanent
}

// aliyunPause: the limit is counted per clock hour and day, so a tight retry only meets it again.
func aliyunPause(code string) time.Duration {
	switch {
	case strings.Contains(code, "DAY_LIMIT"), strings.Contains(code, "MONTH_LIMIT"):
		return 24 * time.Hour
	case strings.Contains(code, "BUSINESS_LIMIT"):
		return time.Hour
	}
	return 0
}

// aliyunItem is a reply or a receipt, domestic or international: the vendor posts all of them to one kind of address.
type aliyunItem struct {
	Phone    loose `json:"phone_number"`
	Content  loose `json:"content"`
	SendTime loose `json:"send_time"`
	Dest     loose `json:"dest_code"`
	Sequence loose `json:"sequence_id"` // a text on one page of the vendor's, a number on another

	ReportTime loose `json:"report_time"`
	Success    loose `json:"success"`
	Err        loose `json:"err_code"`
	BizID      loose `json:"biz_id"`
	OutID      loose `json:"out_id"`

	To      loose `json:"To"`
	Status  loose `json:"Status"` // 1 arrived, 2 failed, 6 expired
	ErrIntl loose `json:"ErrorCode"`
	Message loose `json:"MessageId"`
	Task    loose `json:"TaskId"`
	Receive loose `json:"ReceiveDate"`
}

func (a aliyun) receive(w http.ResponseWriter, r *http.Request, body []byte) {
	if !a.c.knowsSecret(r) {
		a.c.refuse(w, "the secret in the address does not fit")
		return
	}
	in, receipts, err := readAliyun(body, a.c.o.Now())
	if err != nil {
		a.c.refuse(w, err.Error())
		return
	}
	if err := a.c.accept(r.Context(), in, receipts); err != nil {
		a.c.notStored(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"code":0,"msg":"接收成功"}`)
}

// readAliyun leaves out an item it cannot make sense of, unless that is all there is: the others of the batch must not be lost with it.
func readAliyun(body []byte, now time.Time) (in []channels.Inbound, receipts []channels.Receipt, err error) {
	var list []json.RawMessage
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, nil, fmt.Errorf("sms: not a list of items: %w", err)
	}
	for _, raw := range list {
		var it aliyunItem
		switch uerr := json.Unmarshal(raw, &it); {
		case uerr != nil:
			err = errNeither
		case it.To != "":
			receipts = append(receipts, channels.Receipt{ProviderID: string(it.Message), Key: string(it.Task), Address: "+" + strings.TrimPrefix(string(it.To), "+"), At: intlTime(string(it.Receive), now), State: state(it.Status == "1"), Code: string(it.ErrIntl)})
		case it.Success != "":
			receipts = append(receipts, channels.Receipt{ProviderID: string(it.BizID), Key: string(it.OutID), Address: e164("", string(it.Phone)), At: localTime(string(it.ReportTime), now), State: state(it.Success == "true" && it.Err == "DELIVERED"), Code: string(it.Err)})
		case it.Phone != "":
			in = append(in, it.reply(raw, now))
		default:
			err = errNeither
		}
	}
	if len(in)+len(receipts) > 0 {
		err = nil
	}
	return in, receipts, err
}

var errNeither = errors.New("sms: an item is neither a reply nor a receipt")

// reply: without a number of the vendor's, the same words of the same person in the same second are the same message.
func (it aliyunItem) reply(raw []byte, now time.Time) channels.Inbound {
	number := string(it.Sequence)
	if number == "" {
		number = string(it.SendTime) + "|" + hexSHA256([]byte(it.Content))[:16]
	}
	return channels.Inbound{
		ExtID: fmt.Sprintf("%s|%s|%s", it.Phone, it.Dest, number), From: e164("", string(it.Phone)), At: localTime(string(it.SendTime), now), Kind: "text", Text: string(it.Content), Raw: raw,
	}
}

func state(ok bool) string {
	if ok {
		return "delivered"
	}
	return "failed"
}

func intlTime(s string, otherwise time.Time) time.Time {
	if t, err := time.Parse(time.RFC1123Z, s); err == nil {
		return t
	}
	return otherwise
}
