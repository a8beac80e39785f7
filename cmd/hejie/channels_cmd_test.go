package main

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hejie/bot"
	"hejie/bot/store"
	"hejie/channels/fakes"
)

// operatorsPlace is a configured place with one WeChat account at a fake vendor.
func operatorsPlace(t *testing.T) (*fakes.WeChat, string) {
	t.Helper()
	wx, err := fakes.NewWeChat(demoAppID, "demo-secret", demoGhID, demoToken0, demoAESKey, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	api := httptest.NewServer(wx)
	t.Cleanup(api.Close)
	dir := t.TempDir()
	file := filepath.Join(dir, "channels.yaml")
	text := strings.NewReplacer("FAKE", api.URL, "KEY", demoAESKey).Replace(`
accounts:
  - channel: wechat
    name: main
    creditor: cr1
    wechat:
      {gh_id: ` + demoGhID + `, app_id: ` + demoAppID + `, secret: demo-secret, token: ` + demoToken0 + `, aes_key: KEY, base_url: "FAKE",
       menu: [{name: 查账, quick: balance}, {name: 我的, sub: [{name: 绑定, url: bind}, {name: 官网, url: "https://www.example.com"}]}]}
  - {channel: sms, name: line, creditor: cr1, sms: {provider: aliyun, key_id: a, key_secret: b, sign_name: c, hook_secret: 0123456789abcdef0123456789abcdef, templates: {otp_code: {code: SMS_1}}}}
  - {channel: wecom, name: desk, creditor: cr1, wecom: {corp_id: ww1, secret: s, token: t, aes_key: KEY, open_kfid: wk1, people: desk}}
`)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for k, v := range map[string]string{
		"HEJIE_SECRET": "0123456789abcdef0123456789abcdef", "HEJIE_ADDR": "127.0.0.1:0", "HEJIE_PUBLIC_URL": "https://chat.example.com", "HEJIE_DATA_DIR": dir, "HEJIE_CHANNELS": file,
	} {
		t.Setenv(k, v)
	}
	return wx, dir
}

func TestChannelsMenuCommand(t *testing.T) {
	wx, _ := operatorsPlace(t)
	wantRun(t, 0, "wechat/main: the menu is set", "", "channels", "menu")
	for _, want := range []string{`"key":"balance"`, `"url":"https://chat.example.com/webhooks/wechat/main/bind"`, `"url":"https://www.example.com"`, `"sub_button"`} {
		if !strings.Contains(wx.Menu(), want) {
			t.Errorf("no %s in %s", want, wx.Menu())
		}
	}
	wantRun(t, 2, "no WeChat account with a menu", "", "channels", "menu", "--account=other")
	wx.Script(fakes.Fault{Match: "menu", Body: []byte(`{"errcode":48001}`)})
	wantRun(t, 1, "48001", "", "channels", "menu")
	wantRun(t, 1, "sms/line has no template for", "", "doctor", "--db=postgres://nobody@127.0.0.1:1/none?sslmode=disable")
	wantRun(t, 2, "not channel/account", "", "channels", "invite", "c1", "--to=wechat")
	wantRun(t, 2, "", "", "channels", "invite", "no-such", "--to=wechat/main")
	path := os.Getenv("HEJIE_CHANNELS")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(strings.Replace(string(raw), "quick: balance", "quick: nothing", 1), "people: desk", "people: theirs", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	wantRun(t, 2, `people is console or desk, not "theirs"`, "", "channels", "menu")
	if err := os.WriteFile(path, []byte(strings.Replace(string(raw), "quick: balance", "quick: nothing", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	wantRun(t, 1, `there is no quick reply "nothing"`, "", "channels", "menu")
}

func TestChannelsFilesAndHealthCommands(t *testing.T) {
	_, dir := operatorsPlace(t)
	ctx := context.Background()
	st, err := store.Open(ctx, "sqlite:"+filepath.Join(dir, "hejie.db"), store.WithSecret("0123456789abcdef0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	png := "\x89PNG\r\n\x1a\n made-up"
	keepFile(t, st, []byte(png))
	if err := st.Shutdown(); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out")
	wantRun(t, 0, "image/png", "", "channels", "files", "c1", "--out="+out)
	got, err := filepath.Glob(filepath.Join(out, "*.png"))
	if err != nil || len(got) != 1 {
		t.Fatal(got, err)
	}
	if b, err := os.ReadFile(got[0]); err != nil || string(b) != png {
		t.Errorf("%q %v", b, err)
	}
	wantRun(t, 0, "", "", "channels", "files", "nobody")
	wantRun(t, 0, "1 messages from people could not be worked on", "", "doctor")
	wantRun(t, 0, `wecom/desk: there is no creditor "cr1"`, "", "doctor")
}

// keepFile puts a file into a conversation c1, and a message nobody could work on beside it.
func keepFile(t *testing.T, st *store.Store, body []byte) {
	t.Helper()
	ctx, now := context.Background(), time.Now()
	fatal := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	conv := bot.Conversation{ID: "c1", Epoch: "e", CreditorID: "cr1", Channel: "wechat", Address: "a1", Lang: "zh-Hans", CreatedMS: now.UnixMilli()}
	in := []bot.Arrival{{Channel: "wechat", Account: "main", ExtID: "1", From: "o1", Kind: "image"}, {Channel: "wechat", Account: "main", ExtID: "2", From: "o2", Kind: "text"}}
	_, err := st.AcceptInbound(ctx, in, nil, now.UnixMilli())
	fatal(err)
	rows, err := st.ClaimInbox(ctx, "n", now.Add(time.Second), time.Minute, 10)
	fatal(err)
	_, err = st.CommitInbox(ctx, bot.InboxCommit{ID: rows[0].ID, Owner: "n", Address: bot.Address{ID: "a1", CreditorID: "cr1", Channel: "wechat", Account: "main", Number: "o1"}, Open: &conv, ConvID: "c1",
		Message: &bot.Message{ID: "m1", ConvID: "c1", Kind: "media", Author: "debtor", CID: "x"}, Media: []bot.Media{{Kind: "image", ID: "pic"}}, NoTurn: true, NowMS: now.UnixMilli()})
	fatal(err)
	fatal(st.FailInbox(ctx, rows[1].ID, "n", "broken", now, true))
	jobs, err := st.ClaimFiles(ctx, now.Add(time.Second), time.Minute, 10)
	fatal(err)
	if len(jobs) != 1 || jobs[0].Media.ID != "pic" {
		t.Fatalf("%+v", jobs)
	}
	fatal(st.FinishFile(ctx, bot.File{ID: jobs[0].ID, State: "kept", Mime: "image/png", Size: int64(len(body))}, body, now))
}
