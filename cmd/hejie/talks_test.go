package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"hejie/bot/store"
)

// talkNow is the moment every talk begins at unless it says otherwise: a Wednesday afternoon, desk open.
const talkNow = "2026-12-02T14:30:00+08:00"

// talkFile is a set of conversations about a few debtors. A non-programmer edits these: see testdata/talks/README.md.
type talkFile struct {
	Debtors map[string]map[string]any `yaml:"debtors"`
	Talks   []talkCase                `yaml:"talks"`
}

type talkCase struct {
	Name   string         `yaml:"name"`
	Debtor string         `yaml:"debtor"` // one of the debtors above
	With   map[string]any `yaml:"with"`   // laid over that debtor
	Now    string         `yaml:"now"`
	Turns  []string       `yaml:"turns"` // as on stdin; $offer1 $agreement $sha stand for what the last cards named
	Want   talkWant       `yaml:"want"`
	Said   []string       `yaml:"said"`  // must appear somewhere in the replies
	Never  []string       `yaml:"never"` // must appear in no reply
	At     string         `yaml:"at"`    // flow/step where it waits at the end
}

type talkWant struct {
	Outcome  string   `yaml:"outcome"`
	Kind     string   `yaml:"kind"` // empty: no arrangement may exist
	Count    int      `yaml:"count"`
	Total    int64    `yaml:"total"`
	Waived   int64    `yaml:"waived"`
	First    string   `yaml:"first"`    // due date of the first instalment
	Each     int64    `yaml:"each"`     // amount of the first instalment
	Holds    []string `yaml:"holds"`    // reasons, in order
	Cases    []string `yaml:"cases"`    // kinds, in order
	Promises []string `yaml:"promises"` // "2026-12-10 50000"
	OptOuts  int      `yaml:"opt_outs"`
	Handoff  string   `yaml:"handoff"` // the last reason; empty: nobody was called
}

func readTalks(t *testing.T) map[string]talkFile {
	t.Helper()
	files, err := filepath.Glob("testdata/talks/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no talks", err)
	}
	shared := map[string]map[string]any{}
	out := map[string]talkFile{}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var tf talkFile
		if err := yaml.UnmarshalWithOptions(raw, &tf, yaml.Strict()); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		for k, d := range tf.Debtors {
			shared[k] = d
		}
		out[strings.TrimSuffix(filepath.Base(f), ".yaml")] = tf
	}
	for _, tf := range out {
		for i := range tf.Talks {
			c := &tf.Talks[i]
			base, ok := shared[c.Debtor]
			if !ok {
				t.Fatalf("talk %q: no debtor %q", c.Name, c.Debtor)
			}
			merged := map[string]any{}
			for _, m := range []map[string]any{base, c.With} {
				for k, v := range m {
					merged[k] = v
				}
			}
			c.With = merged
		}
	}
	return out
}

// TestTalks plays every conversation through the chat command's own code.
func TestTalks(t *testing.T) {
	for file, tf := range readTalks(t) {
		for i, c := range tf.Talks {
			if raceOn && i%4 != 0 {
				continue
			}
			t.Run(file+"/"+c.Name, func(t *testing.T) {
				t.Parallel()
				playTalk(t, c)
			})
		}
	}
}

func playTalk(t *testing.T, c talkCase) {
	d := debtorOf(t, c.With)
	if err := d.check(c.Name); err != nil {
		t.Fatal(err)
	}
	p := startTalk(t, d, or(c.Now, talkNow))
	p.facts = d.secrets()
	for _, line := range c.Turns {
		p.turn(line)
	}
	p.end(c)
	if t.Failed() {
		t.Log("\n" + p.log.String())
	}
}

// startTalk opens a conversation of its own.
// debtorOf reads a debtor as `hejie chat --debtor` would.
func debtorOf(t *testing.T, with map[string]any) (d debtorFile) {
	t.Helper()
	raw, err := json.Marshal(with)
	if err == nil {
		err = json.Unmarshal(raw, &d)
	}
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func startTalk(t *testing.T, d debtorFile, now string) *played {
	t.Helper()
	start, err := time.Parse(time.RFC3339, now)
	if err != nil {
		t.Fatal(err)
	}
	db := filepath.Join(t.TempDir(), "talk.db")
	empty, err := emptyDatabase()
	if err == nil {
		err = os.WriteFile(db, empty, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	tk, err := newTalk(t.Context(), d, "sqlite:"+db, start)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tk.core.store.Shutdown() })
	return &played{t: t, talk: tk}
}

// emptyDatabase is a migrated database without a row: hundreds of talks need not migrate one each.
var emptyDatabase = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "empty")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "empty.db")
	st, err := store.Open(context.Background(), "sqlite:"+file, store.WithSecret(randomHex()))
	if err != nil {
		return nil, err
	}
	if err := st.Shutdown(); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
})

// played is a conversation under way, with what its cards named last.
type played struct {
	t     *testing.T
	talk  *talk
	facts []string
	names map[string]string
	all   strings.Builder
	log   strings.Builder
	last  turnLine
}

func (p *played) turn(line string) {
	for k, v := range p.names {
		line = strings.ReplaceAll(line, k, v)
	}
	var out bytes.Buffer
	n := p.last.Turn
	if err := p.talk.jsonTurn(p.t.Context(), n+1, line, &out); err != nil {
		p.t.Fatalf("turn %q: %v", line, err)
	}
	p.last = turnLine{}
	if err := json.Unmarshal(out.Bytes(), &p.last); err != nil {
		p.t.Fatal(err)
	}
	p.note(line)
	if len(p.last.Replies) == 0 && p.last.Error == nil && !strings.Contains(line, `"wait"`) && !strings.Contains(line, `"csat"`) {
		p.t.Errorf("turn %q: no reply", line)
	}
	for _, v := range p.last.Verdicts {
		if v.Decision != "pass" {
			p.t.Errorf("turn %q: a reply was stopped: %v", line, v.Hits)
		}
	}
	for _, r := range p.last.Replies {
		p.reply(line, r)
	}
}

func (p *played) note(line string) {
	fmt.Fprintf(&p.log, "> %.200s\n", line)
	for _, r := range p.last.Replies {
		fmt.Fprintf(&p.log, "  < %s", r.Text)
		if r.Card != nil {
			fmt.Fprintf(&p.log, " [card]")
		}
		fmt.Fprintln(&p.log)
	}
	if p.last.Error != nil {
		fmt.Fprintf(&p.log, "  ! %s\n", p.last.Error.Code)
	}
	fmt.Fprintf(&p.log, "  @ %s/%s %s\n", p.last.State.Flow, p.last.State.Step, p.last.State.Identity)
}

func (p *played) reply(line string, r replyLine) {
	p.all.WriteString(r.Text + "\n" + string(r.Card) + "\n")
	if p.last.State.Identity != "verified" {
		for _, f := range p.facts {
			if strings.Contains(r.Text, f) || strings.Contains(string(r.Card), f) {
				p.t.Errorf("turn %q: %q was said before identity", line, f)
			}
		}
	}
	for _, bad := range []string{"正在核对", "正在核對", "{", "<no value>"} {
		if strings.Contains(r.Text, bad) {
			p.t.Errorf("turn %q: reply holds %q: %s", line, bad, r.Text)
		}
	}
	if r.Card != nil {
		p.names = cardNames(r.Card, p.names)
	}
}

// cardNames finds the ids a widget would send back.
func cardNames(card json.RawMessage, names map[string]string) map[string]string {
	if names == nil {
		names = map[string]string{}
	}
	var c struct {
		Type   string `json:"type"`
		Offers struct {
			Offers []struct {
				ID string `json:"id"`
			} `json:"offers"`
		} `json:"offers"`
		Doc       string `json:"doc_sha256"`
		Agreement struct {
			Agreement struct {
				ID string `json:"id"`
			} `json:"agreement"`
		} `json:"agreement"`
	}
	if json.Unmarshal(card, &c) != nil {
		return names
	}
	for i, o := range c.Offers.Offers {
		names[fmt.Sprintf("$offer%d", i+1)] = o.ID
	}
	if c.Type == "agreement" {
		names["$agreement"], names["$sha"] = c.Agreement.Agreement.ID, c.Doc
	}
	return names
}

func (p *played) end(c talkCase) {
	e, err := p.talk.end(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	said, w := p.all.String(), c.Want
	got := talkWant{Outcome: e.Outcome, OptOuts: len(e.OptOuts)}
	if a := e.Arrangement; a != nil {
		got.Kind, got.Count, got.Total, got.Waived = string(a.Kind), len(a.Instalments), a.Total, a.Waived
		got.First, got.Each = a.Instalments[0].Due.String(), int64(a.Instalments[0].Amount)
		sum := int64(0)
		for _, i := range a.Instalments {
			sum += int64(i.Amount)
			if parts := i.Principal + i.Interest + i.Penalty + i.Fees; parts != i.Amount {
				p.t.Errorf("instalment %d: parts %d, amount %d", i.N, parts, i.Amount)
			}
		}
		if sum != a.Total {
			p.t.Errorf("the schedule sums to %d, not %d", sum, a.Total)
		}
	}
	for _, h := range e.Holds {
		got.Holds = append(got.Holds, h.Reason)
	}
	for _, k := range e.Cases {
		got.Cases = append(got.Cases, k.Kind)
	}
	for _, pr := range e.Promises {
		got.Promises = append(got.Promises, fmt.Sprintf("%s %d", pr.On, pr.Amount))
	}
	if e.Handoff != nil {
		got.Handoff = e.Handoff.Reason
	}
	w.compare(p.t, got)
	for _, s := range c.Said {
		if !strings.Contains(said, s) {
			p.t.Errorf("never said: %q", s)
		}
	}
	for _, s := range c.Never {
		if strings.Contains(said, s) {
			p.t.Errorf("said: %q", s)
		}
	}
	if at := p.last.State.Flow + "/" + p.last.State.Step; c.At != "" && c.At != at {
		p.t.Errorf("waits at %s, want %s", at, c.At)
	}
}

// compare: amounts that the file leaves out are not looked at; everything else must be as written.
func (w talkWant) compare(t *testing.T, got talkWant) {
	for _, f := range []struct{ name, want, got string }{
		{"outcome", w.Outcome, got.Outcome}, {"arrangement", w.Kind, got.Kind}, {"handoff", w.Handoff, got.Handoff},
		{"count", unless(w.Count == 0, w.Count), unless(w.Count == 0, got.Count)},
		{"total", unless(w.Total == 0, w.Total), unless(w.Total == 0, got.Total)},
		{"waived", unless(w.Waived == 0, w.Waived), unless(w.Waived == 0, got.Waived)},
		{"each", unless(w.Each == 0, w.Each), unless(w.Each == 0, got.Each)},
		{"first", w.First, unless(w.First == "", got.First)},
		{"opt-outs", fmt.Sprint(w.OptOuts), fmt.Sprint(got.OptOuts)},
		{"holds", fmt.Sprint(w.Holds), fmt.Sprint(got.Holds)}, {"cases", fmt.Sprint(w.Cases), fmt.Sprint(got.Cases)},
		{"promises", fmt.Sprint(w.Promises), fmt.Sprint(got.Promises)},
	} {
		if f.want != f.got {
			t.Errorf("%s: got %s, want %s", f.name, f.got, f.want)
		}
	}
}

func unless(skip bool, v any) string {
	if skip {
		return ""
	}
	return fmt.Sprint(v)
}

// secrets are the figures of the debt as they would be written, which nobody may read before identity.
func (d debtorFile) secrets() []string {
	var out []string
	for _, a := range []int64{int64(d.Principal), int64(d.Interest), int64(d.Penalty), int64(d.Fees), int64(d.Principal + d.Interest + d.Penalty + d.Fees)} {
		if a < 10000 {
			continue // too short to tell from a law's figure
		}
		plain := fmt.Sprintf("%d.%02d", a/100, a%100)
		grouped := plain
		for i := len(plain) - 6; i > 0; i -= 3 {
			grouped = grouped[:i] + "," + grouped[i:]
		}
		out = append(out, plain, grouped, fmt.Sprintf(":%d,", a))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// TestChatRobust feeds what no debtor means to send. Every line is answered or refused clearly; nothing is agreed to.
func TestChatRobust(t *testing.T) {
	d := sampleDebtor()
	d.Verified = true
	p := startTalk(t, d, talkNow)
	p.turn("分12期")
	for _, line := range []string{
		strings.Repeat("我", 4001), strings.Repeat("a", 100_000), "a\x00b\x00", "\xff\xfe\xfd分期", "\u200b\u200b", "\u202e期21分", "{", `{"action":{}}`, `{"action":{"name":5}}`, `{"action":null}`, `{"wait":7}`, `{"action":{"name":"counter","first_due":"some day"}}`,
		`{"action":{"name":"no_such_thing","ref":"x"}}`, `{"action":{"name":"accept","ref":"off_bogus"}}`, `{"action":{"name":"confirm","ref":"agr_bogus"}}`,
		`{"action":{"name":"counter","count":-5}}`, `{"action":{"name":"counter","count":1000000000,"monthly_fen":-1}}`,
		`{"action":{"name":"counter","monthly_fen":9223372036854775807}}`, `{"action":{"name":"counter","first_due":"9999-12-31"}}`,
		`{"action":{"name":"verify","fields":{"name":"` + strings.Repeat("张", 3000) + `"}}}`, `{"action":{"name":"reply","ref":"` + strings.Repeat("x", 200_000) + `"}}`,
		`{"action":{"name":"csat","fields":{"score":"5"}}}`, `{"wait":"PT0S"}`, `{"wait":"P1M"}`, `{"wait":"P3D"}`, "'; DROP TABLE messages; --", "<script>alert(1)</script>", "{{.Secret}} ${HOME} %s",
	} {
		p.turn(line)
	}
	e, err := p.talk.end(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if e.Arrangement != nil || len(e.Promises) > 0 {
		t.Errorf("something was agreed: %+v", e)
	}
	if t.Failed() {
		t.Log(p.log.String())
	}
}
