package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hejie/bot"
)

// able is a post whose peer can do more than take texts.
type able struct {
	*post
	mu     sync.Mutex
	files  map[string][]byte
	fail   error
	at     string // where the peer's desk has the person
	served []string
	typed  int
	known  map[string]bot.Report // what the peer knows of sends, by our key
	asked  []bot.Doubt
}

func (a *able) FetchMedia(_ context.Context, m bot.Media) (string, []byte, error) {
	if a.fail != nil {
		return "", nil, a.fail
	}
	body, ok := a.files[m.ID]
	if !ok {
		return "", nil, fmt.Errorf("no file: %w", bot.ErrGone)
	}
	return "text/html", body, nil // the peer may say anything
}

func (a *able) Serve(_ context.Context, _, to string) (string, error) {
	a.served = append(a.served, to)
	if a.at == "human" && to == "pool" {
		return "human", nil
	}
	a.at = to
	return to, nil
}

func (a *able) Typing(context.Context, string, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.typed++
}

func (a *able) InviteURL(_ context.Context, token string, _ time.Duration) (string, bool, error) {
	return "https://peer.example/q?" + token, true, a.fail
}

func (a *able) Ask(_ context.Context, d bot.Doubt) (bot.Report, bool, error) {
	a.asked = append(a.asked, d)
	r, ok := a.known[d.Key]
	return r, ok, a.fail
}

func withAble(t *testing.T, channel string, tr bot.Traits) (*house, *able) {
	t.Helper()
	h := build(t, nil)
	p := &able{post: &post{acct: bot.Account{Channel: channel, Name: "main", CreditorID: h.cred, Traits: tr}}}
	if channel == "sms" {
		p.acct.Signature = "安和消费金融"
	}
	h.AttachSender(p)
	return h, p
}

func (h *house) event(p *post, name string, set func(*bot.Arrival)) []bot.Parcel {
	h.t.Helper()
	arrivals++
	in := bot.Arrival{Channel: p.acct.Channel, Account: p.acct.Name, ExtID: fmt.Sprint("e", arrivals), From: openid, At: h.now, Kind: "event", Event: name}
	if set != nil {
		set(&in)
	}
	return h.arrive(p, in)
}

// With one message left of a window a plain answer waits; what tells of a person, a need or something agreed takes it.
func TestTheLastMessageIsKept(t *testing.T) {
	for text, goes := range map[string]bool{"谢谢": false, "转人工": true, "我不想活了": true, "我要投诉你们": true} {
		h, p := withPost(t, "wechat", oa)
		h.write(p, openid, "你好")
		arrivals++
		got := h.arrive(p, bot.Arrival{Channel: "wechat", Account: "main", ExtID: fmt.Sprint("x", arrivals), From: openid, At: h.now, Kind: "text", Text: text,
			Grant: &bot.Grant{Messages: 1, Until: h.now.Add(time.Minute), Kept: 1}})
		if (len(got) > 0) != goes {
			t.Errorf("%s: %d texts left, states %v", text, len(got), h.states())
		}
		for _, g := range got {
			if g.Most != 1 {
				t.Errorf("%s: it may take %d messages", text, g.Most)
			}
		}
		if goes {
			continue
		}
		if health, err := h.ChannelHealth(context.Background()); err != nil || health[0].Parked != 1 {
			t.Errorf("%s: %+v %v", text, health, err)
		}
		a, err := h.store.AddressOf(context.Background(), "wechat", "main", openid)
		if err != nil || a.WindowLeft != 1 {
			t.Errorf("%s: the message was spent: %+v %v", text, a, err)
		}
		if got := h.write(p, openid, "在吗"); len(got) < 2 {
			t.Errorf("%s: what waited did not follow: %d texts", text, len(got))
		}
	}
}

// A text that turns out to need the kept message parks, and does not shut the window for what matters.
func TestATextTooLongForWhatIsLeft(t *testing.T) {
	h, p := withPost(t, "wechat", oa)
	h.write(p, openid, "你好")
	p.next(bot.Result{Class: bot.WindowClosed, Code: bot.KeptBack})
	h.write(p, openid, "谢谢")
	a, err := h.store.AddressOf(context.Background(), "wechat", "main", openid)
	if err != nil || a.WindowLeft != 5 || h.last() != "parked" {
		t.Errorf("%+v %v %v", a, h.states(), err)
	}
}

// Who comes in is greeted with the code that allows it, and who comes back too; a greeting that comes too late is not said later.
func TestGreetingWithACode(t *testing.T) {
	h, p := withPost(t, "wecom", kf)
	enter := func(code string, late time.Duration) []bot.Parcel {
		return h.event(p, "enter", func(in *bot.Arrival) {
			in.Grant = &bot.Grant{Messages: 1, Until: h.now.Add(20*time.Second - late), Code: code}
		})
	}
	got := enter("w1", 0)
	if len(got) != 1 || got[0].Code != "w1" || !strings.Contains(parcels(got), "AI 客服") {
		t.Fatalf("%d texts, %+v", len(got), got)
	}
	if got := h.write(p, openid, "你好"); len(got) != 1 || got[0].Code != "" {
		t.Errorf("the code was used again: %+v", got)
	}
	h.now = h.now.Add(50 * time.Hour)
	if got := enter("w2", 0); len(got) != 1 || got[0].Code != "w2" || got[0].ReplyID != "greet_back" {
		t.Errorf("%+v", got)
	}
	h.now = h.now.Add(50 * time.Hour)
	if got := enter("w3", time.Minute); len(got) != 0 {
		t.Errorf("too late: %+v", got)
	}
	h.now = h.now.Add(time.Minute)
	for _, g := range h.write(p, openid, "我一共欠多少") {
		if g.ReplyID == "greet_back" {
			t.Error("a stale greeting was sent")
		}
	}
}

// People of the peer's own desk: who asks for a person waits there, their servicer silences the bot, and its end gives the bot the word back.
func TestThePeersOwnDesk(t *testing.T) {
	ctx := context.Background()
	h, p := withAble(t, "wecom", kf)
	h.write(p.post, openid, "你好")
	if len(p.served) != 0 {
		t.Fatalf("moved without a reason: %v", p.served)
	}
	h.write(p.post, openid, "转人工")
	if strings.Join(p.served, " ") != "pool" || h.control().Control != bot.InQueue {
		t.Fatalf("%v, %s", p.served, h.control().Control)
	}
	if got := h.write(p.post, openid, "我一共欠多少"); len(got) != 0 || len(h.cases("delivery")) != 0 {
		t.Errorf("while they wait for the peer's people: %s", parcels(got))
	}
	if health, err := h.ChannelHealth(ctx); err != nil || health[0].Suppressed == 0 || health[0].Failed != 0 {
		t.Errorf("%+v %v", health, err)
	}
	p.at = "human"
	h.event(p.post, "desk", func(in *bot.Arrival) { in.Desk = "human" })
	if c := h.control(); c.Control != bot.ByAgent || c.AgentID != "desk:wecom" {
		t.Fatalf("%+v", c)
	}
	if got := h.write(p.post, openid, "我一共欠多少"); len(got) != 0 {
		t.Errorf("the bot spoke between: %s", parcels(got))
	}
	p.at = "ended"
	h.event(p.post, "desk", func(in *bot.Arrival) { in.Desk = "ended" })
	if c := h.control(); c.Control != bot.ByBot || c.AgentID != "" {
		t.Errorf("%+v", c)
	}
	if got := h.write(p.post, openid, "你好"); len(got) == 0 {
		t.Error("after the end nobody answers")
	}
	h.write(p.post, openid, "转人工")
	n := len(p.served)
	if p.served[n-1] != "pool" {
		t.Fatalf("%v", p.served)
	}
	if _, err := h.TakeOver(ctx, h.conv, lin); err != nil { // one of ours was faster: nobody of theirs may take it too
		t.Fatal(err)
	}
	must(t, h.CatchUpDesks(ctx))
	if p.at != "ended" {
		t.Errorf("%v", p.served)
	}
	h.event(p.post, "desk", func(in *bot.Arrival) { in.Desk = "human" })
	if c := h.control(); c.AgentID != lin.ID {
		t.Errorf("one of ours was pushed aside: %+v", c)
	}
}

// thinker is an understander that takes its time over one word.
type thinker struct {
	bot.Understander
	wait func()
}

func (u *thinker) Understand(ctx context.Context, t bot.Turn) (bot.Understood, error) {
	if slices.Contains(t.Texts, "慢") {
		u.wait()
	}
	return u.Understander.Understand(ctx, t)
}

// Who waits for a slow answer sees that it is being written, if we may write at all; a quick answer needs no sign.
func TestTypingWhileAnAnswerTakesTime(t *testing.T) {
	slow := &thinker{}
	h := buildWith(t, nil, func(o *bot.Options) { slow.Understander, o.Understander = o.Understander, slow })
	p := &able{post: &post{acct: bot.Account{Channel: "wechat", Name: "main", CreditorID: h.cred, Traits: oa}}}
	h.AttachSender(p)
	seen := func() int { p.mu.Lock(); defer p.mu.Unlock(); return p.typed }
	slow.wait = func() {
		for end := time.Now().Add(10 * time.Second); seen() == 0 && time.Now().Before(end); {
			time.Sleep(10 * time.Millisecond)
		}
	}
	h.write(p.post, openid, "你好")
	if seen() != 0 {
		t.Error("a quick answer was announced")
	}
	h.write(p.post, openid, "慢")
	if seen() != 1 {
		t.Errorf("announced %d times", seen())
	}
}

// Files are fetched while the peer has them, kept as what they are, and say so when they cannot be.
func TestFilesPeopleSend(t *testing.T) {
	ctx := context.Background()
	h, p := withAble(t, "wechat", oa)
	png := []byte("\x89PNG\r\n\x1a\n made-up picture")
	p.files = map[string][]byte{"pic": png, "page": []byte("<html><script>"), "voice": []byte("#!AMR\nmade-up"), "huge": []byte(strings.Repeat("x", 21<<20))}
	send := func(kind, id string) {
		arrivals++
		h.arrive(p.post, bot.Arrival{Channel: "wechat", Account: "main", ExtID: fmt.Sprint("f", arrivals), From: openid, At: h.now, Kind: kind,
			Media: []bot.Media{{Kind: kind, ID: id}}, Grant: &bot.Grant{Messages: 5, Until: h.now.Add(48 * time.Hour), Kept: 1}})
	}
	want := map[string][2]string{"pic": {"kept", "image/png"}, "page": {"refused", ""}, "voice": {"kept", "audio/amr"}, "expired": {"gone", ""}, "huge": {"refused", ""}}
	order := []string{"pic", "page", "voice", "expired", "huge"}
	for _, id := range order {
		send("image", id)
	}
	p.fail = errors.New("busy")
	must(t, h.FetchFiles(ctx))
	list, err := h.Files(ctx, h.conv)
	if err != nil || len(list) != len(order) || list[0].State != "new" {
		t.Fatalf("%+v %v", list, err)
	}
	p.fail = nil
	must(t, h.FetchFiles(ctx)) // not due yet
	if f, _, _ := h.File(ctx, list[0].ID); f.State != "new" {
		t.Error("tried again at once")
	}
	h.now = h.now.Add(10 * time.Minute)
	must(t, h.FetchFiles(ctx))
	list, err = h.Files(ctx, h.conv)
	must(t, err)
	for i, id := range order {
		f, body, err := h.File(ctx, list[i].ID)
		if err != nil || f.State != want[id][0] || f.Mime != want[id][1] || (f.State != "kept") == (f.Fault == "") {
			t.Errorf("%s: %+v %v", id, f, err)
		}
		if f.State == "kept" && (string(body) != string(p.files[id]) || f.Size != int64(len(body)) || f.MessageID == "") {
			t.Errorf("%s: %d bytes, %+v", id, len(body), f)
		}
	}
	if _, _, err := h.File(ctx, "none"); !errors.Is(err, bot.ErrNotFound) {
		t.Error(err)
	}
}

// A send in doubt is settled by what the peer knows, never by a guess, and never sent again by it.
func TestDoubtsAreAskedAbout(t *testing.T) {
	ctx := context.Background()
	for name, c := range map[string]struct {
		known *bot.Report
		state string
	}{
		"arrived": {&bot.Report{State: "delivered", ProviderID: "v-7"}, "delivered"}, "on its way": {&bot.Report{State: "sent", ProviderID: "v-7"}, "sent"},
		"failed": {&bot.Report{State: "failed", ProviderID: "v-7", Code: "UNDELIV"}, "failed"}, "not known there": {nil, "unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			h, p := withAble(t, "sms", sms)
			p.next(bot.Result{Class: bot.Ambiguous, Code: "no_answer"})
			h.write(p.post, onFile, "你好")
			if h.last() != "unknown" {
				t.Fatalf("%v", h.states())
			}
			must(t, h.AskDoubts(ctx))
			if len(p.asked) != 0 {
				t.Fatal("asked at once: the peer's own books need a moment")
			}
			h.now = h.now.Add(3 * time.Minute)
			p.fail = errors.New("busy")
			must(t, h.AskDoubts(ctx))
			p.fail = nil
			if len(p.asked) != 1 || p.asked[0].Address != onFile || len(p.asked[0].Parts) == 0 {
				t.Fatalf("%+v", p.asked)
			}
			if c.known != nil {
				p.known = map[string]bot.Report{p.asked[0].Key: *c.known}
			}
			h.now = h.now.Add(10 * time.Minute)
			must(t, h.AskDoubts(ctx))
			if h.last() != c.state || len(p.took) != 0 {
				t.Errorf("%v, %d sent", h.states(), len(p.took))
			}
			if c.known != nil && c.state == "sent" { // its number is known now, so its receipt counts
				must(t, h.Receipt(ctx, bot.Report{Channel: "sms", Account: "main", ProviderID: "v-7", Address: onFile, State: "delivered", At: h.now}))
				if h.last() != "delivered" {
					t.Errorf("after its receipt: %v", h.states())
				}
			}
			h.now = h.now.Add(100 * time.Hour)
			must(t, h.AskDoubts(ctx))
			n := len(p.asked)
			h.now = h.now.Add(100 * time.Hour)
			must(t, h.AskDoubts(ctx))
			if len(p.asked) != n {
				t.Error("asked for ever")
			}
		})
	}
}
