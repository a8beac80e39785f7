package webchat

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"hejie/flows"
)

// Protocol is the websocket subprotocol this package speaks.
const Protocol = "debtchat.v1"

// inFrame is the envelope a client sends. Its payload is decoded by type.
type inFrame struct {
	T  string          `json:"t"`
	ID string          `json:"id"`
	P  json.RawMessage `json:"p"`
}

// outFrame is the envelope a client gets. Durable frames have a Seq.
type outFrame struct {
	T   string `json:"t"`
	ID  string `json:"id,omitempty"`
	Re  string `json:"re,omitempty"`
	Seq int64  `json:"seq,omitempty"`
	TS  string `json:"ts"`
	P   any    `json:"p"`
}

type helloIn struct {
	Token   string          `json:"token"`
	Conv    string          `json:"conv"`
	LastSeq int64           `json:"last_seq"`
	Epoch   string          `json:"epoch"`
	Lang    string          `json:"lang"`
	Caps    json.RawMessage `json:"caps"` // nothing is negotiated yet; any shape is accepted
}

type welcomeOut struct {
	Conv       string         `json:"conv"`
	Epoch      string         `json:"epoch"`
	HeadSeq    int64          `json:"head_seq"`
	Resume     string         `json:"resume"` // new | ok | gap | reset
	ReplayFrom int64          `json:"replay_from"`
	SessExp    string         `json:"sess_exp"`
	Limits     map[string]int `json:"limits"`
	State      string         `json:"state"`
	Assurance  flows.Identity `json:"assurance"`
}

type msgIn struct {
	CID    string    `json:"cid"`
	Kind   string    `json:"kind"`
	Text   string    `json:"text"`
	Action *actionIn `json:"action"`
}

type ackOut struct {
	CID string `json:"cid"`
	MID string `json:"mid"`
	Seq int64  `json:"seq"`
	Dup bool   `json:"dup"`
}

type seqIn struct {
	Seq  int64 `json:"seq"`
	From int64 `json:"from"`
}

type onIn struct {
	On bool `json:"on"`
}

type errorOut struct {
	Code       string `json:"code"`
	Message    string `json:"message"`
	Temporary  bool   `json:"temporary"`
	RetryAfter int64  `json:"retry_after_ms,omitempty"`
	Re         string `json:"re,omitempty"`
	CID        string `json:"cid,omitempty"`
}

type byeOut struct {
	Reason    string `json:"reason"`
	Reconnect bool   `json:"reconnect"`
	AfterMS   int64  `json:"after_ms"`
}

// actionIn is a pressed card. Version travels as a number or a string: offers count theirs, policies name theirs.
type actionIn struct {
	flows.Action
	Version version `json:"version"`
}

type version string

func (v *version) UnmarshalJSON(b []byte) error {
	var s string
	if len(b) > 0 && b[0] == '"' {
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		*v = version(s)
		return nil
	}
	var n json.Number
	if err := json.Unmarshal(b, &n); err != nil {
		return err
	}
	*v = version(n.String())
	return nil
}

func (a actionIn) action() flows.Action {
	out := a.Action
	out.Version = string(a.Version)
	return out
}

var errFrame = errors.New("webchat: bad frame")

// decodeFrame reads one envelope.
func decodeFrame(raw []byte) (inFrame, error) {
	var f inFrame
	if !utf8.Valid(raw) {
		return f, fmt.Errorf("%w: not UTF-8", errFrame)
	}
	if err := json.Unmarshal(raw, &f); err != nil {
		return inFrame{}, fmt.Errorf("%w: %w", errFrame, err)
	}
	if f.T == "" || len(f.T) > 32 || len(f.ID) > 64 {
		return inFrame{}, fmt.Errorf("%w: type or id", errFrame)
	}
	return f, nil
}

// decodePayload reads p into v; a missing payload is an empty one.
func decodePayload(f inFrame, v any) error {
	if len(f.P) == 0 || string(f.P) == "null" {
		return nil
	}
	if err := json.Unmarshal(f.P, v); err != nil {
		return fmt.Errorf("%w: %w", errFrame, err)
	}
	return nil
}

// decodeMsg reads and checks one message of the debtor.
func decodeMsg(f inFrame, textRunes int) (msgIn, *wireError) {
	var m msgIn
	if err := decodePayload(f, &m); err != nil {
		return m, fail(codeBadFrame)
	}
	if !validCID(m.CID) {
		m.CID = ""
		return m, fail(codeBadFrame)
	}
	switch m.Kind {
	case "text":
		m.Action = nil
		m.Text = strip(m.Text)
		if strings.TrimSpace(m.Text) == "" {
			return m, fail(codeBadFrame)
		}
		if utf8.RuneCountInString(m.Text) > textRunes {
			return m, fail(codeTooLarge)
		}
	case "action":
		m.Text = ""
		if m.Action == nil || m.Action.Name == "" || len(m.Action.Name) > 64 || len(m.Action.Ref) > 128 {
			return m, fail(codeBadFrame)
		}
		cleanFields(m.Action)
	default:
		return m, fail(codeUnknownType)
	}
	return m, nil
}

// validCID accepts what a ULID or UUID looks like; it becomes a key in the database and goes to every tab.
func validCID(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// strip drops control characters that no keyboard makes and a database may refuse.
func strip(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\n' && r != '\t' && r != '\r' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}

func cleanFields(a *actionIn) {
	a.Ref, a.ConfirmText, a.DocSHA256 = strip(a.Ref), strip(a.ConfirmText), strip(a.DocSHA256)
	for k, v := range a.Fields {
		a.Fields[k] = strip(v)
	}
}

// stamp is the wire's time: RFC 3339 with milliseconds, UTC.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z07:00") }
