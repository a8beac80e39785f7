package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hejie/channels/fakes"
)

func TestChannelFile(t *testing.T) {
	t.Setenv("OA_SECRET", "from-env")
	secret := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(secret, []byte("from-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := parseChannels([]byte(`
accounts:
  - channel: wechat
    name: main
    creditor: c1
    wechat: {gh_id: gh_1, app_id: wx1, secret: "env:OA_SECRET", token: t, aes_key: "file:` + secret + `", limits: {text: 1800, message: {messages: 20, lasts: 24h}}}
  - {channel: sms, name: line, creditor: c1, sms: {provider: aliyun, hook_secret: "0123"}}
`))
	list := file.Accounts
	if err != nil || list[0].WeChat.Secret != "from-env" || list[0].WeChat.AESKey != "from-file" || list[0].WeChat.Limits.Text != 1800 || list[0].WeChat.Limits.Message.Lasts != 24*time.Hour {
		t.Fatalf("%+v %v", list, err)
	}
	if u := list[1].pasteURL("https://x.example/"); u != "https://x.example/webhooks/sms/aliyun/line/0123" {
		t.Error(u)
	}
	for name, bad := range map[string]string{
		"unknown key": "accounts: [{channel: sms, labl: x}]", "no block": "accounts: [{channel: wechat, name: x}]", "unknown channel": "accounts: [{channel: fax, name: x}]",
		"twice":     "accounts: [{channel: sms, name: a, sms: {provider: twilio}}, {channel: sms, name: a, sms: {provider: twilio}}]",
		"not there": "accounts: [{channel: sms, name: a, sms: {provider: twilio, key_secret: 'env:NO_SUCH_VARIABLE_HERE'}}]",
		"not yaml":  "accounts: [", "a secret in the fault": "accounts: [{channel: sms, name: a, sms: {key_secret: hunter2, oops: 1}}]",
	} {
		_, err := parseChannels([]byte(bad))
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The file may name other rules for keeping what people send; wrong ones stop the start.
func TestChannelFileNamesRetention(t *testing.T) {
	dir := t.TempDir()
	rules := "version: ours\nrules: [{id: all, kinds: [image, voice, video, file], keep: 30d, from: talk, unless: [case, hold], basis: b}]\n" +
		"examples: [{kind: image, on: 2026-03-01, came: 2026-01-01, talk: 2026-01-01, over: true}]\n"
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	file := write("channels.yaml", "accounts: []\nretention: "+write("keep.yaml", rules)+"\n")
	f, err := readChannels(file)
	if err != nil || f.keep == nil || f.keep.Version != "ours" {
		t.Fatalf("%+v %v", f, err)
	}
	if got := checkChannels(Config{}, f, nil); got.err != nil || !strings.Contains(got.said, "version ours") {
		t.Errorf("doctor says %+v", got)
	}
	write("keep.yaml", strings.Replace(rules, "30d", "90d", 1)) // against its own example
	if _, err := readChannels(file); err == nil {
		t.Error("rules that contradict their example were taken")
	}
	if _, err := readChannels(write("other.yaml", "retention: "+filepath.Join(dir, "none.yaml")+"\n")); err == nil {
		t.Error("rules that are not there were taken")
	}
}

// The demo's phone: the main job over WeChat by the real protocol, and what an SMS may and may not say.
func TestTheJobOnAPhone(t *testing.T) {
	phone, err := newDemoPhone(t.Context(), "http://127.0.0.1:1", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	place := demoPlace{dir: t.TempDir(), addr: freeAddr("127.0.0.1:0"), phone: phone}
	phone.phone.WeChatHook, phone.phone.SMSHook = "http://"+place.addr+"/webhooks/wechat/demo", "http://"+place.addr+"/webhooks/sms/twilio/demo"
	a, err := newDemo(t.Context(), place, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	a.msgs.workers = append(a.msgs.workers, phone.run)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	say := func(channel, text, want string) {
		t.Helper()
		if err := phone.phone.Say(t.Context(), channel, text, ""); err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			all := screenOf(t, phone.url())
			if i := slices.IndexFunc(all, func(b fakes.Bubble) bool { return b.Mine && b.Text == text }); i >= 0 &&
				slices.ContainsFunc(all[i:], func(b fakes.Bubble) bool { return !b.Mine && b.Channel == channel && strings.Contains(b.Text, want) }) {
				return
			}
		}
		t.Fatalf("after %q no %q on the phone: %+v", text, want, screenOf(t, phone.url()))
	}
	say("wechat", "我一共欠多少", "核对身份")
	say("wechat", "张伟 5521", "11,821.40")
	say("wechat", "想分6期 每月15号", "请核对")
	say("wechat", "确认", "已记下")
	say("sms", "还欠多少", "请登录官方网站")
	for _, b := range screenOf(t, phone.url()) {
		if b.Channel == "sms" && !b.Mine && (strings.Contains(b.Text, "欠") || strings.Contains(b.Text, "11,8") || !strings.HasPrefix(b.Text, "【")) {
			t.Errorf("an SMS says %q", b.Text)
		}
	}
}

func screenOf(t *testing.T, url string) []fakes.Bubble {
	t.Helper()
	resp, err := http.Get(url + "/screen") //nolint:noctx // loopback
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var all []fakes.Bubble
	if err := json.NewDecoder(resp.Body).Decode(&all); err != nil {
		t.Fatal(err)
	}
	return all
}
