package sms

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hejie/channels"
)

type tencent struct{ c *Channel }

const tencentJSON = "application/json; charset=utf-8"

// signTC3 gives the Authorization header. service is the first label of the host.
func signTC3(keyID, secret, service, host, action string, at time.Time, body []byte) string {
	date := at.UTC().Format(time.DateOnly)
	signed := "content-type;host;x-tc-action"
	request := strings.Join([]string{
		http.MethodPost, "/", "", "content-type:" + tencentJSON + "\nhost:" + host + "\nx-tc-action:" + strings.ToLower(action) + "\n", signed, hexSHA256(body),
	}, "\n")
	scope := date + "/" + service + "/tc3_request"
	text := "TC3-HMAC-SHA256\n" + strconv.FormatInt(at.Unix(), 10) + "\n" + scope + "\n" + hexSHA256([]byte(request))
	key := hmacSHA256(hmacSHA256(hmacSHA256([]byte("TC3"+secret), date), service), "tc3_request")
	return "TC3-HMAC-SHA256 Credential=" + keyID + "/" + scope + ", SignedHeaders=" + signed + ", Signature=" + hex.EncodeToString(hmacSHA256(key, text))
}

func (t tencent) send(ctx context.Context, o channels.Outgoing, _ string) channels.Result {
	tpl := t.c.o.Templates[o.ReplyID]
	all := channels.Vars(o.Cleared)
	params := []string{}
	for _, v := range tpl.Vars {
		if all[v] == "" {
			return channels.Result{Class: channels.Permanent, Code: "no_variable", Detail: v}
		}
		params = append(params, all[v])
	}
	body, err := json.Marshal(map[string]any{
		"PhoneNumberSet": []string{o.Address}, "SmsSdkAppId": t.c.o.AppID, "SignName": t.c.o.SignName, "TemplateId": tpl.Code, "TemplateParamSet": params, "SessionContext": o.Key,
	})
	if err != nil {
		return channels.Result{Class: channels.Permanent, Code: "bad_request"}
	}
	raw, res := t.call(ctx, "SendSms", body)
	if res.Class != "" {
		return res
	}
	var out struct {
		Response struct {
			Error  *struct{ Code string }
			Status []struct{ SerialNo, Code string } `json:"SendStatusSet"`
		}
	}
	if json.Unmarshal(raw, &out) != nil {
		return channels.Result{Class: channels.Ambiguous, Code: "unreadable"}
	}
	if e := out.Response.Error; e != nil {
		return channels.Result{Class: tencentClass(e.Code), Code: e.Code, RetryAfter: tencentPause(e.Code)}
	}
	if len(out.Response.Status) != 1 {
		return channels.Result{Class: channels.Ambiguous, Code: "unreadable"}
	}
	st := out.Response.Status[0] // HTTP 200 and no error say nothing of the single message
	if st.Code == "Ok" {
		return channels.Result{Class: channels.Sent, ProviderID: st.SerialNo}
	}
	return channels.Result{Class: tencentClass(st.Code), Code: st.Code, RetryAfter: tencentPause(st.Code)}
}

// call signs one request. A result with a class means that there is no answer to read.
func (t tencent) call(ctx context.Context, action string, body []byte) ([]byte, channels.Result) {
	u, err := url.Parse(t.c.o.BaseURL)
	if err != nil {
		return nil, channels.Result{Class: channels.AuthFailed, Code: "bad_address"}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.c.o.BaseURL+"/", bytes.NewReader(body))
	if err != nil {
		return nil, channels.Result{Class: channels.Permanent, Code: "bad_request"}
	}
	now := t.c.o.Now()
	for k, v := range map[string]string{
		"Content-Type": tencentJSON, "X-TC-Action": action, "X-TC-Version": "2021-01-11", "X-TC-Region": "ap-guangzhou", "X-TC-Timestamp": strconv.FormatInt(now.Unix(), 10),
		"Authorization": signTC3(t.c.o.KeyID, t.c.o.KeySecret, "sms", u.Host, action, now, body),
	} {
		req.Header.Set(k, v)
	}
	_, raw, res := t.c.do(req)
	return raw, res
}

// tencentPause: a limit of an hour or a day is only met again by a tight retry.
func tencentPause(code string) time.Duration {
	switch {
	case !strings.HasPrefix(code, "LimitExceeded"):
	case strings.Contains(code, "Daily"):
		return 24 * time.Hour
	case strings.Contains(code, "Hour"):
		return time.Hour
	case strings.Contains(code, "ThirtySecond"):
		return 30 * time.Second
	}
	return 0
}

func tencentClass(code string) channels.ResultClass {
	switch {
	case strings.HasSuffix(code, "PhoneNumberInBlacklist"):
		return channels.OptedOut
	case strings.HasPrefix(code, "LimitExceeded"), code == "RequestLimitExceeded":
		return channels.RateLimited
	case strings.HasPrefix(code, "UnauthorizedOperation"), strings.HasPrefix(code, "AuthFailure"), strings.HasPrefix(code, "FailedOperation.InsufficientBalance"):
		return channels.AuthFailed
	case code == "InternalError.Timeout":
		return channels.Ambiguous
	case strings.HasPrefix(code, "InternalError"):
		return channels.Retryable
	}
	return channels.Permanent
}

// receive tells a list of receipts from a single reply by its shape: the vendor posts both without a signature.
func (t tencent) receive(w http.ResponseWriter, r *http.Request, body []byte) {
	if !t.c.knowsSecret(r) {
		t.c.refuse(w, "the secret in the address does not fit")
		return
	}
	in, receipts, err := readTencent(body, t.c.o.Now())
	if err != nil {
		t.c.refuse(w, err.Error())
		return
	}
	if err := t.c.accept(r.Context(), in, receipts); err != nil {
		t.c.notStored(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"result":0,"errmsg":"OK"}`)
}

// tencentItem is a receipt or a reply.
type tencentItem struct {
	Country loose `json:"nationcode"`
	Mobile  loose `json:"mobile"`

	At     loose `json:"user_receive_time"`
	Status loose `json:"report_status"`
	Err    loose `json:"errmsg"`
	ID     loose `json:"sid"`
	Ext    loose `json:"ext"`

	Extend loose `json:"extend"`
	Text   loose `json:"text"`
	Time   loose `json:"time"`
}

func readTencent(body []byte, now time.Time) (in []channels.Inbound, receipts []channels.Receipt, err error) {
	list := []json.RawMessage{body}
	if b := bytes.TrimSpace(body); len(b) > 0 && b[0] == '[' {
		if err := json.Unmarshal(body, &list); err != nil {
			return nil, nil, fmt.Errorf("sms: not a list: %w", err)
		}
	}
	for _, raw := range list {
		var it tencentItem
		switch uerr := json.Unmarshal(raw, &it); {
		case uerr != nil || it.Mobile == "":
			err = errNeither
		case it.Status != "":
			receipts = append(receipts, channels.Receipt{ProviderID: string(it.ID), Key: string(it.Ext), Address: e164(string(it.Country), string(it.Mobile)), At: localTime(string(it.At), now), State: state(it.Status == "SUCCESS"), Code: string(it.Err)})
		default:
			in = append(in, it.reply(raw, now))
		}
	}
	if len(in)+len(receipts) > 0 {
		err = nil // what made sense must not be lost with what did not
	}
	return in, receipts, err
}

// reply: the vendor numbers nothing, so the same words of the same person in the same second are the same message.
func (it tencentItem) reply(raw []byte, now time.Time) channels.Inbound {
	at := now
	if sec, err := strconv.ParseInt(string(it.Time), 10, 64); err == nil && sec > 0 {
		at = time.Unix(sec, 0)
	}
	ext := fmt.Sprintf("%s|%s|%s|%s", it.Mobile, it.Extend, it.Time, hexSHA256([]byte(it.Text))[:16])
	return channels.Inbound{ExtID: ext, From: e164(string(it.Country), string(it.Mobile)), At: at, Kind: "text", Text: string(it.Text), Raw: raw}
}
