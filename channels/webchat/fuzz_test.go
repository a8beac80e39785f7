package webchat

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzFrame: whatever a browser sends, decoding neither panics nor lets through what the transcript must not hold.
func FuzzFrame(f *testing.F) {
	for _, s := range []string{
		`{"t":"hello","id":"1","p":{"token":"x","last_seq":7,"epoch":"e1","caps":["a"]}}`,
		`{"t":"msg","id":"2","p":{"cid":"01J","kind":"text","text":"想分期\u0000"}}`,
		`{"t":"msg","p":{"cid":"01J","kind":"action","action":{"name":"accept","version":3,"fields":{"a":"b"}}}}`,
		`{"t":"msg","p":{"cid":"01J","kind":"action","action":{"name":"counter","version":"p1","count":9,"first_due":"2026-12-01"}}}`,
		`{"t":"recv","p":{"seq":3}}`, `{"t":"typing","p":{"on":true}}`, `{"t":"ping"}`, `{"t":"msg","p":null}`, `[]`, `"`, "{\"t\":\"\xff\"}",
		`{"t":"msg","p":{"cid":"1","kind":"text","text":"\ud800"}}`, strings.Repeat("[", 1000),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		fr, err := decodeFrame(raw)
		if err != nil {
			if fr.T != "" {
				t.Fatalf("refused, yet of type %q", fr.T)
			}
			return
		}
		if fr.T == "" || len(fr.T) > 32 || len(fr.ID) > 64 || !utf8.Valid(raw) {
			t.Fatalf("accepted %+v", fr)
		}
		_ = cidOf(fr)
		_ = decodePayload(fr, &helloIn{})
		_ = decodePayload(fr, &seqIn{})
		_ = decodePayload(fr, &onIn{})
		m, werr := decodeMsg(fr, 4000)
		if werr != nil {
			return
		}
		checkAccepted(t, m)
		again, err := json.Marshal(map[string]any{"t": "msg", "p": map[string]any{"cid": m.CID, "kind": m.Kind, "text": m.Text, "action": m.Action}})
		if err != nil {
			t.Fatal(err)
		}
		fr2, err := decodeFrame(again)
		if err != nil {
			t.Fatal(err)
		}
		m2, werr := decodeMsg(fr2, 4000)
		if werr != nil || m2.CID != m.CID || m2.Text != m.Text || (m.Action != nil && m2.Action.Version != m.Action.Version) {
			t.Fatalf("%+v became %+v (%v)", m, m2, werr)
		}
	})
}

func checkAccepted(t *testing.T, m msgIn) {
	t.Helper()
	switch m.Kind {
	case "text":
		if strings.TrimSpace(m.Text) == "" || utf8.RuneCountInString(m.Text) > 4000 || m.Action != nil {
			t.Fatalf("accepted %+v", m)
		}
		if strings.ContainsFunc(m.Text, func(r rune) bool { return r < 0x20 && !strings.ContainsRune("\n\t\r", r) || r == 0x7f }) {
			t.Fatalf("control characters in %q", m.Text)
		}
	case "action":
		if m.Action == nil || m.Action.Name == "" || m.Text != "" {
			t.Fatalf("accepted %+v", m)
		}
	default:
		t.Fatalf("accepted kind %q", m.Kind)
	}
	if !validCID(m.CID) {
		t.Fatalf("accepted cid %q", m.CID)
	}
}
