package fakes

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // a vendor's protocol
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// SMS is one text message a vendor took.
type SMS struct {
	ID, To, Template, Key, Text string
	Vars                        []string // name=value, or the values in order
	At                          time.Time
	Fate                        string // arrived | failed; empty: on its way
}

// line is what the fakes of SMS vendors share.
type line struct {
	peer
	KeyID, Secret string
	sent          []SMS
	nonces        map[string]bool
	blocked       map[string]bool
}

// Sent is what was taken, in order.
func (l *line) Sent() []SMS { l.mu.Lock(); defer l.mu.Unlock(); return slices.Clone(l.sent) }

// Block makes a number one that refused messages.
func (l *line) Block(number string) { l.mu.Lock(); defer l.mu.Unlock(); l.blocked[number] = true }

func (l *line) take(s SMS) SMS {
	s.ID, s.At = fmt.Sprintf("sms-%d", len(l.sent)+1), l.now()
	l.sent = append(l.sent, s)
	return s
}

func mac(key []byte, s string) []byte {
	m := hmac.New(sha256.New, key)
	_, _ = m.Write([]byte(s))
	return m.Sum(nil)
}

func sum(b []byte) string { s := sha256.Sum256(b); return hex.EncodeToString(s[:]) }

// Aliyun plays dysmsapi.aliyuncs.com: it rebuilds the signature from what the request says it signed.
type Aliyun struct{ line }

// NewAliyun makes one.
func NewAliyun(keyID, secret string, now func() time.Time) *Aliyun {
	a := &Aliyun{line{KeyID: keyID, Secret: secret, nonces: map[string]bool{}, blocked: map[string]bool{}}}
	a.now, a.serve = now, a.route
	return a
}

var aliyunAuth = regexp.MustCompile(`^ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})$`)

func percent(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("-_.~", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

func (a *Aliyun) route(w http.ResponseWriter, r *http.Request, body []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	q := r.URL.Query()
	if code := a.check(r, q, body); code != "" {
		w.WriteHeader(http.StatusBadRequest)
		answerJSON(w, map[string]string{"Code": code, "Message": code, "RequestId": "r"})
		return
	}
	if r.Header.Get("X-Acs-Action") == "QuerySendDetails" {
		answerJSON(w, a.books(q))
		return
	}
	to := q.Get("PhoneNumbers")
	vars := map[string]string{}
	switch {
	case r.Header.Get("X-Acs-Action") != "SendSms" || to == "" || q.Get("SignName") == "" || q.Get("TemplateCode") == "":
		answerJSON(w, map[string]string{"Code": "isv.INVALID_PARAMETERS"})
		return
	case json.Unmarshal([]byte(q.Get("TemplateParam")), &vars) != nil:
		answerJSON(w, map[string]string{"Code": "isv.INVALID_JSON_PARAM"})
		return
	case a.blocked[to]:
		answerJSON(w, map[string]string{"Code": "isv.BLACK_KEY_CONTROL_LIMIT"})
		return
	}
	var list []string
	for k, v := range vars {
		list = append(list, k+"="+v)
	}
	slices.Sort(list)
	s := a.take(SMS{To: to, Template: q.Get("TemplateCode"), Key: q.Get("OutId"), Vars: list})
	answerJSON(w, map[string]string{"Code": "OK", "Message": "OK", "BizId": s.ID, "RequestId": "r"})
}

func (a *Aliyun) check(r *http.Request, q url.Values, body []byte) string {
	m := aliyunAuth.FindStringSubmatch(r.Header.Get("Authorization"))
	if m == nil || m[1] != a.KeyID {
		return "InvalidAccessKeyId.NotFound"
	}
	at, err := time.Parse("2006-01-02T15:04:05Z", r.Header.Get("X-Acs-Date"))
	if err != nil || a.now().Sub(at).Abs() > 15*time.Minute {
		return "InvalidTimeStamp.Expired"
	}
	nonce := r.Header.Get("X-Acs-Signature-Nonce")
	if nonce == "" || a.nonces[nonce] {
		return "SignatureNonceUsed"
	}
	a.nonces[nonce] = true
	var pairs []string
	for k, vs := range q {
		pairs = append(pairs, percent(k)+"="+percent(vs[0]))
	}
	slices.Sort(pairs)
	var heads strings.Builder
	for _, name := range strings.Split(m[2], ";") {
		v := r.Header.Get(name)
		if name == "host" {
			v = r.Host
		}
		heads.WriteString(name + ":" + strings.TrimSpace(v) + "\n")
	}
	canonical := strings.Join([]string{r.Method, r.URL.Path, strings.Join(pairs, "&"), heads.String(), m[2], sum(body)}, "\n")
	if r.Header.Get("X-Acs-Content-Sha256") != sum(body) || hex.EncodeToString(mac([]byte(a.Secret), "ACS3-HMAC-SHA256\n"+sum([]byte(canonical)))) != m[3] {
		return "SignatureDoesNotMatch"
	}
	return ""
}

// Tencent plays sms.tencentcloudapi.com; service and signed headers are read from the request.
type Tencent struct {
	line
	Sessions bool // give SessionContext back; the vendor does so on request only
}

// NewTencent makes one.
func NewTencent(keyID, secret string, now func() time.Time) *Tencent {
	t := &Tencent{line: line{KeyID: keyID, Secret: secret, blocked: map[string]bool{}}}
	t.now, t.serve = now, t.route
	return t
}

var tencentAuth = regexp.MustCompile(`^TC3-HMAC-SHA256 Credential=([^/]+)/(\d{4}-\d\d-\d\d)/([^/]+)/tc3_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$`)

func (t *Tencent) route(w http.ResponseWriter, r *http.Request, body []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fail := func(code string) {
		answerJSON(w, map[string]any{"Response": map[string]any{"Error": map[string]string{"Code": code, "Message": code}, "RequestId": "r"}})
	}
	m := tencentAuth.FindStringSubmatch(r.Header.Get("Authorization"))
	sec, err := strconv.ParseInt(r.Header.Get("X-TC-Timestamp"), 10, 64)
	switch {
	case m == nil || m[1] != t.KeyID:
		fail("AuthFailure.SecretIdNotFound")
		return
	case err != nil || t.now().Sub(time.Unix(sec, 0)).Abs() > 5*time.Minute || time.Unix(sec, 0).UTC().Format(time.DateOnly) != m[2]:
		fail("AuthFailure.SignatureExpire")
		return
	}
	name, _, _ := strings.Cut(r.Host, ":") // the vendor's own clients sign the name without a port
	if !t.signed(r, body, m, r.Host) && !t.signed(r, body, m, name) {
		fail("AuthFailure.SignatureFailure")
		return
	}
	if r.Header.Get("X-TC-Action") == "PullSmsSendStatusByPhoneNumber" {
		answerJSON(w, t.books(body))
		return
	}
	var in struct {
		To       []string `json:"PhoneNumberSet"`
		App      string   `json:"SmsSdkAppId"`
		Sign     string   `json:"SignName"`
		Template string   `json:"TemplateId"`
		Params   []string `json:"TemplateParamSet"`
		Context  string   `json:"SessionContext"`
	}
	if json.Unmarshal(body, &in) != nil || len(in.To) != 1 || in.App == "" || in.Sign == "" || in.Template == "" {
		fail("InvalidParameter")
		return
	}
	st := map[string]any{"PhoneNumber": in.To[0], "Code": "Ok", "Fee": 1}
	if t.blocked[in.To[0]] {
		st["Code"] = "FailedOperation.PhoneNumberInBlacklist"
	} else {
		st["SerialNo"] = t.take(SMS{To: in.To[0], Template: in.Template, Key: in.Context, Vars: in.Params}).ID
	}
	answerJSON(w, map[string]any{"Response": map[string]any{"SendStatusSet": []any{st}, "RequestId": "r"}})
}

// signed rebuilds a signature from the parts of an Authorization header.
func (t *Tencent) signed(r *http.Request, body []byte, m []string, host string) bool {
	var heads strings.Builder
	for _, name := range strings.Split(m[4], ";") {
		v := r.Header.Get(name)
		if name == "host" {
			v = host
		}
		heads.WriteString(name + ":" + strings.ToLower(strings.TrimSpace(v)) + "\n")
	}
	canonical := strings.Join([]string{r.Method, "/", r.URL.RawQuery, heads.String(), m[4], sum(body)}, "\n")
	key := mac(mac(mac([]byte("TC3"+t.Secret), m[2]), m[3]), "tc3_request")
	return hex.EncodeToString(mac(key, "TC3-HMAC-SHA256\n"+r.Header.Get("X-TC-Timestamp")+"\n"+m[2]+"/"+m[3]+"/tc3_request\n"+sum([]byte(canonical)))) == m[5]
}

// Twilio plays api.twilio.com.
type Twilio struct{ line }

// NewTwilio makes one.
func NewTwilio(sid, token string, now func() time.Time) *Twilio {
	t := &Twilio{line{KeyID: sid, Secret: token, blocked: map[string]bool{}}}
	t.now, t.serve = now, t.route
	return t
}

func (t *Twilio) route(w http.ResponseWriter, r *http.Request, body []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fail := func(status, code int) {
		w.WriteHeader(status)
		answerJSON(w, map[string]any{"code": code, "message": "x", "status": status})
	}
	user, pass, _ := r.BasicAuth()
	f, err := url.ParseQuery(string(body))
	switch {
	case user != t.KeyID || pass != t.Secret:
		fail(http.StatusUnauthorized, 20003)
	case r.URL.Path != "/2010-04-01/Accounts/"+t.KeyID+"/Messages.json":
		fail(http.StatusNotFound, 20404)
	case r.Method == http.MethodGet:
		answerJSON(w, t.books(r.URL.Query()))
	case err != nil || !strings.HasPrefix(f.Get("To"), "+"):
		fail(http.StatusBadRequest, 21211)
	case f.Get("Body") == "" || f.Get("From")+f.Get("MessagingServiceSid") == "":
		fail(http.StatusBadRequest, 21602)
	case t.blocked[f.Get("To")]:
		fail(http.StatusBadRequest, 21610)
	default:
		s := t.take(SMS{To: f.Get("To"), Text: f.Get("Body")})
		w.WriteHeader(http.StatusCreated)
		answerJSON(w, map[string]any{"sid": s.ID, "status": "queued"})
	}
}

// byUnits is the order of the vendor's own library, which compares UTF-16.
func byUnits(a, b string) int {
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}

// Sign is the header the vendor puts on a callback to this address.
func (t *Twilio) Sign(address string, form url.Values) string {
	var keys []string
	for k := range form {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, byUnits)
	m := hmac.New(sha1.New, []byte(t.Secret))
	_, _ = m.Write([]byte(address))
	for _, k := range keys {
		vs := slices.Clone(form[k])
		slices.SortFunc(vs, byUnits)
		for _, v := range slices.Compact(vs) {
			_, _ = m.Write([]byte(k + v))
		}
	}
	return base64.StdEncoding.EncodeToString(m.Sum(nil))
}
