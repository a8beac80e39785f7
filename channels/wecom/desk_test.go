package wecom

import (
	"strings"
	"testing"
	"time"

	"hejie/bot/guard"
	"hejie/channels"
	"hejie/channels/channeltest"
	"hejie/channels/fakes"
)

func (w *world) greet(code, key string, attempt int, parts ...guard.Part) channels.Result {
	return w.ch.Send(w.Context(), channels.Outgoing{Key: key, Channel: "wecom", Address: "u1", Code: code, Attempt: attempt, Cleared: channeltest.Cleared(w, "wecom", "u1", parts...)})
}

// Who comes in is greeted with the one message the event's code carries, within its time, and only where nobody has written for two days.
func TestTheGreeting(t *testing.T) {
	w := start(t)
	w.vendor.Enter("u1", "e1", "ticket9")
	if err := w.ch.round(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	in := w.sink.All()[0]
	if in.Event != "enter" || in.Scene != "ticket9" || in.Grant == nil || in.Grant.Messages != 1 || in.Grant.Code == "" || in.Grant.Until.Sub(in.At) != 20*time.Second {
		t.Fatalf("%+v %+v", in, in.Grant)
	}
	long := channeltest.Words(strings.Repeat("我们可以一起看看怎样安排更合适。", 60))
	if res := w.greet(in.Grant.Code, "k0", 1, long); res.Class != channels.WindowClosed || res.Code != channels.KeptBack {
		t.Errorf("two messages for one code: %+v", res)
	}
	if res := w.greet(in.Grant.Code, "k1", 1, channeltest.Words("您好"), guard.Part{Role: "button", Text: "转人工", Ref: "person"}); res.Class != channels.Sent || res.ProviderID != "k1" {
		t.Fatalf("%+v", res)
	}
	if res := w.greet(in.Grant.Code, "k1", 2, channeltest.Words("您好")); res.Class != channels.Ambiguous {
		t.Errorf("a repeat of what may have arrived: %+v", res)
	}
	if res := w.greet(in.Grant.Code, "k2", 1, channeltest.Words("您好")); res.Class != channels.WindowClosed {
		t.Errorf("a used code: %+v", res)
	}
	w.vendor.Say("u1", "m1", text("hi"))
	w.vendor.Enter("u1", "e2", "")
	w.shift.Store(int64(49 * time.Hour))
	w.vendor.Enter("u1", "e3", "")
	if err := w.ch.round(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	all := w.sink.All()
	if len(all) != 4 || all[2].Grant != nil || all[3].Grant == nil {
		t.Fatalf("%+v", all)
	}
	w.shift.Store(int64(49*time.Hour + 30*time.Second))
	if res := w.greet(all[3].Grant.Code, "k3", 1, channeltest.Words("您好")); res.Class != channels.WindowClosed {
		t.Errorf("30 seconds later: %+v", res)
	}
}

// What people at the vendor's desk do comes to us, and where ours want a person to stand goes there, as far as the vendor has such a move.
func TestTheDeskOfTheVendor(t *testing.T) {
	w := start(t)
	d := Desk{w.ch}
	serve := func(to, want string) {
		t.Helper()
		if at, err := d.Serve(t.Context(), "u1", to); err != nil || at != want {
			t.Errorf("to %s: %q %v", to, at, err)
		}
	}
	w.vendor.Say("u1", "m1", text("转人工"))
	serve("pool", "pool")
	serve("pool", "pool") // no such move: it is there already
	w.vendor.Session("u1", "s1", 1)
	serve("pool", "human")
	w.vendor.Session("u1", "s2", 3)
	serve("ended", "ended")
	w.vendor.Script(fakes.Fault{Match: "service_state", Status: 500})
	if _, err := d.Serve(t.Context(), "u1", "pool"); err == nil {
		t.Error("a desk that does not answer")
	}
	if err := w.ch.round(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	var moves []string
	for _, in := range w.sink.All() {
		if in.Event == "desk" && in.From == "u1" {
			moves = append(moves, in.Desk)
		}
	}
	if strings.Join(moves, " ") != "human ended" {
		t.Errorf("%v", moves)
	}
}

// What the desk's people write comes with who wrote it, in its place among the rest, and opens no window.
func TestWordsOfTheDesksPeople(t *testing.T) {
	w := start(t)
	w.vendor.Say("u1", "m1", text("转人工"))
	w.vendor.Session("u1", "s1", 1)
	w.vendor.Speak("u1", "k1", "zhao", "您好，我是小赵。")
	w.vendor.Speak("u1", "k2", "", "")
	w.vendor.Say("u1", "m2", text("好的"))
	if err := w.ch.round(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	all := w.sink.All()
	if len(all) != 5 {
		t.Fatalf("%d items: %+v", len(all), all)
	}
	for i, want := range map[int]channels.Inbound{
		2: {ExtID: "wkAAAA|k1", From: "u1", By: "zhao", Kind: "text", Text: "您好，我是小赵。"},
		3: {ExtID: "wkAAAA|k2", From: "u1", By: someone, Kind: "image"},
	} {
		got := all[i]
		if got.ExtID != want.ExtID || got.From != want.From || got.By != want.By || got.Kind != want.Kind || got.Text != want.Text || got.Grant != nil {
			t.Errorf("%d: %+v", i, got)
		}
	}
	if all[4].By != "" || all[4].Grant == nil {
		t.Errorf("%+v", all[4])
	}
}

// A refusal for the session's state is read by who serves: after the end the person's next message helps, with a servicer nothing does.
func TestARefusalForTheState(t *testing.T) {
	w := start(t)
	w.vendor.Say("u1", "m1", text("hi"))
	for state, want := range map[int]channels.ResultClass{2: channels.Permanent, 3: channels.Permanent, 4: channels.WindowClosed} {
		w.vendor.SetState("u1", state)
		if res := w.send("k", "u1", channeltest.Words("您好")); res.Class != want || res.Code != "95018" {
			t.Errorf("state %d: %+v", state, res)
		}
	}
	w.vendor.SetState("u1", 4)
	w.vendor.Say("u1", "m2", text("还在吗"))
	if res := w.send("k", "u1", channeltest.Words("您好")); res.Class != channels.Sent {
		t.Errorf("after a new message: %+v", res)
	}
}

func TestAnInvitation(t *testing.T) {
	w := start(t)
	link, drawn, err := w.ch.InviteURL(t.Context(), "a_b-c", time.Minute)
	if err != nil || drawn || !strings.HasPrefix(link, "https://work.weixin.qq.com/kfid/wkAAAA?") || !strings.HasSuffix(link, "&scene_param=a_b-c") {
		t.Errorf("%q %v", link, err)
	}
	if _, _, err := w.ch.InviteURL(t.Context(), strings.Repeat("x", 129), time.Minute); err == nil {
		t.Error("more than a link carries")
	}
	w.vendor.Script(fakes.Fault{Match: "contact_way", Body: []byte(`{"errcode":95017}`)})
	if _, _, err := w.ch.InviteURL(t.Context(), "a", time.Minute); err == nil {
		t.Error("the vendor's no was not heard")
	}
}
