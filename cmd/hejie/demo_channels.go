package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"hejie/channels/fakes"
)

// The demo's vendors. Nothing here is a secret: the other side of each is a fake on the same machine.
const (
	demoGhID   = "gh_demo"
	demoAppID  = "wxdemo0000000001"
	demoAESKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	demoToken0 = "demo-token"
	demoSID    = "ACdemo"
)

// demoPhone plays WeChat and an SMS carrier beside the demo, with one made-up follower.
type demoPhone struct {
	phone *fakes.Phone
	ln    net.Listener
	srv   *http.Server
}

func newDemoPhone(ctx context.Context, publicURL string, now func() time.Time) (*demoPhone, error) {
	wx, err := fakes.NewWeChat(demoAppID, "demo-secret", demoGhID, demoToken0, demoAESKey, now)
	if err != nil {
		return nil, err
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &fakes.Phone{
		WeChat: wx, Twilio: fakes.NewTwilio(demoSID, "demo-secret", now), OpenID: "oDEMO-follower", Number: "+8613800005521", Now: now,
		WeChatHook: publicURL + "/webhooks/wechat/demo", SMSHook: publicURL + "/webhooks/sms/twilio/demo",
	}
	return &demoPhone{phone: p, ln: ln, srv: &http.Server{Handler: p.Handler(), ReadHeaderTimeout: 5 * time.Second}}, nil
}

func (d *demoPhone) url() string { return "http://" + d.ln.Addr().String() }

func (d *demoPhone) run(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { _ = d.srv.Close() })
	defer stop()
	if err := d.srv.Serve(d.ln); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("demo phone: %w", err)
	}
	return nil
}

// accounts are what an operator would write into the file of HEJIE_CHANNELS.
func (d *demoPhone) accounts(creditorID string) (channelFile, error) {
	return parseChannels([]byte(strings.NewReplacer("CREDITOR", creditorID, "FAKE", d.url()).Replace(`
accounts:
  - channel: wechat
    name: demo
    creditor: "CREDITOR"
    wechat: {gh_id: ` + demoGhID + `, app_id: ` + demoAppID + `, secret: demo-secret, token: ` + demoToken0 + `, aes_key: ` + demoAESKey + `, menus: true, base_url: "FAKE/wechat"}
  - channel: sms
    name: demo
    creditor: "CREDITOR"
    sms: {provider: twilio, key_id: ` + demoSID + `, key_secret: demo-secret, from: "+15005550006", real_name: ` + demoCreditor + `, base_url: "FAKE/twilio"}
`)))
}
