package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"hejie/bot"
	"hejie/channels"
	"hejie/channels/sms"
	"hejie/channels/wechat"
	"hejie/channels/wecom"
	"hejie/prompts/pages"
)

// channelFile is the YAML file of HEJIE_CHANNELS: one entry for each account of a messaging channel.
type channelFile struct {
	Accounts  []channelAccount `yaml:"accounts"`
	Retention string           `yaml:"retention"` // file with the rules for keeping what people send; empty: the usual ones

	keep *bot.Retention
}

type channelAccount struct {
	Channel  string `yaml:"channel"` // wechat | wecom | sms
	Name     string `yaml:"name"`    // last part of its webhook's address
	Creditor string `yaml:"creditor"`

	WeChat *struct {
		GhID    string      `yaml:"gh_id"`
		AppID   string      `yaml:"app_id"`
		Secret  string      `yaml:"secret"`
		Token   string      `yaml:"token"`
		AESKey  string      `yaml:"aes_key"`
		OldKey  string      `yaml:"previous_aes_key"`
		Mode    wechat.Mode `yaml:"mode"`
		Passive bool        `yaml:"passive"`
		Menus   bool        `yaml:"menus"`
		Menu    []menuEntry `yaml:"menu"` // the account's own menu; hejie channels menu sends it
		Typing  string      `yaml:"typing_path"`
		BaseURL string      `yaml:"base_url"`

		Limits channels.Limits `yaml:"limits"`
	} `yaml:"wechat"`
	WeCom *struct {
		CorpID   string `yaml:"corp_id"`
		Secret   string `yaml:"secret"`
		Token    string `yaml:"token"`
		AESKey   string `yaml:"aes_key"`
		OldKey   string `yaml:"previous_aes_key"`
		OpenKfID string `yaml:"open_kfid"`
		People   string `yaml:"people"` // console (ours, the default) | desk: people called sit at the vendor's own desk
		Taken    int    `yaml:"taken_code"`
		BaseURL  string `yaml:"base_url"`

		Limits channels.Limits `yaml:"limits"`
	} `yaml:"wecom"`
	SMS *struct {
		Provider   string                  `yaml:"provider"`
		KeyID      string                  `yaml:"key_id"`
		KeySecret  string                  `yaml:"key_secret"`
		SignName   string                  `yaml:"sign_name"`
		AppID      string                  `yaml:"app_id"`
		From       string                  `yaml:"from"`
		Extend     string                  `yaml:"extend"`
		HookSecret string                  `yaml:"hook_secret"`
		RealName   string                  `yaml:"real_name"` // the registered name that stands in 【】 before each text
		Templates  map[string]sms.Template `yaml:"templates"`
		Gateway    sms.Gateway             `yaml:"gateway"`
		BaseURL    string                  `yaml:"base_url"`
	} `yaml:"sms"`
}

// hookPath is where the vendor posts to. Vendors that sign nothing get a secret as its last part.
func (a channelAccount) hookPath() string {
	p := "/webhooks/" + a.Channel + "/"
	if a.SMS != nil {
		p += a.SMS.Provider + "/"
	}
	return p + a.Name
}

func (a channelAccount) pasteURL(public string) string {
	u := strings.TrimRight(public, "/") + a.hookPath()
	if a.SMS != nil && a.SMS.HookSecret != "" {
		u += "/" + a.SMS.HookSecret
	}
	return u
}

// bindURL is where the pages stand that bind a follower to a person.
func (a channelAccount) bindURL(public string) string {
	return strings.TrimRight(public, "/") + a.hookPath() + "/bind"
}

// readChannels reads the file of HEJIE_CHANNELS, and the rules for keeping files that it names.
func readChannels(path string) (f channelFile, err error) {
	if path == "" {
		return f, nil
	}
	raw, err := os.ReadFile(path)
	if err == nil {
		f, err = parseChannels(raw)
	}
	if err == nil && f.Retention != "" {
		if raw, err = os.ReadFile(f.Retention); err == nil {
			f.keep, err = bot.ParseRetention(raw)
		}
	}
	if err != nil {
		return channelFile{}, fmt.Errorf("HEJIE_CHANNELS %s: %w", path, err)
	}
	return f, nil
}

// parseChannels decodes strictly. A value that begins with "env:" or "file:" is looked up, so that the file itself holds no secret.
func parseChannels(raw []byte) (f channelFile, err error) {
	var faults []error
	resolved, err := lookUpSecrets(raw, &faults)
	if err == nil {
		err = yaml.UnmarshalWithOptions(resolved, &f, yaml.Strict())
	}
	if err != nil {
		return f, errors.New(yaml.FormatError(err, false, false)) // without the lines around it: they may hold a secret
	}
	var seen []string
	for i, a := range f.Accounts {
		blocks := map[string]bool{"wechat": a.WeChat != nil, "wecom": a.WeCom != nil, "sms": a.SMS != nil}
		if has, known := blocks[a.Channel]; !known || !has {
			faults = append(faults, fmt.Errorf("account %d: channel %q needs a block of that name: wechat, wecom or sms", i+1, a.Channel))
		} else if slices.Contains(seen, a.hookPath()) {
			faults = append(faults, fmt.Errorf("account %d: %s is there twice", i+1, a.hookPath()))
		}
		seen = append(seen, a.hookPath())
		if a.WeCom != nil && a.WeCom.People != "" && a.WeCom.People != "console" && a.WeCom.People != "desk" {
			faults = append(faults, fmt.Errorf("account %d: people is console or desk, not %q", i+1, a.WeCom.People))
		}
	}
	return f, errors.Join(faults...)
}

func lookUpSecrets(raw []byte, faults *[]error) ([]byte, error) {
	var tree any
	if err := yaml.Unmarshal(raw, &tree); err != nil {
		return nil, err
	}
	var walk func(any) any
	walk = func(v any) any {
		switch t := v.(type) {
		case map[string]any:
			for k := range t {
				t[k] = walk(t[k])
			}
		case []any:
			for i := range t {
				t[i] = walk(t[i])
			}
		case string:
			if name, ok := strings.CutPrefix(t, "env:"); ok {
				if t = os.Getenv(name); t == "" {
					*faults = append(*faults, fmt.Errorf("environment variable %s is empty", name))
				}
				return t
			}
			if file, ok := strings.CutPrefix(t, "file:"); ok {
				b, err := os.ReadFile(file)
				if err != nil {
					*faults = append(*faults, err)
				}
				return strings.TrimSpace(string(b))
			}
		}
		return v
	}
	return yaml.Marshal(walk(tree))
}

// attached is the messaging part of an App.
type attached struct {
	hooks   http.Handler
	workers []func(context.Context) error
}

// msgLine is one account, made.
type msgLine struct {
	sender interface {
		channels.Sender
		http.Handler
	}
	bind http.Handler                    // the pages that bind an address to a person; nil: none
	run  func(ctx context.Context) error // nil: nothing to do beside
}

// attachChannels makes every account, gives the bot its sender and its callback a route.
func attachChannels(c *core, f channelFile, public string, secret string, now func() time.Time, log *slog.Logger) (attached, error) {
	mux := http.NewServeMux()
	out := attached{hooks: mux}
	if f.keep != nil {
		c.bot.KeepFilesBy(f.keep)
	}
	nobodys, err := withoutCreditor(context.Background(), c.store, f.Accounts)
	if err != nil {
		return attached{}, err
	}
	for _, a := range nobodys { // a portfolio may be loaded later; until then nothing that comes in can be worked on
		log.Error("an account names a creditor who is not here", "channel", a.Channel, "account", a.Name, "creditor", a.Creditor)
	}
	var faults []error
	for _, a := range f.Accounts {
		l, err := c.newLine(a, public, secret, now, log)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		c.bot.AttachSender(l.sender)
		mux.Handle(a.hookPath(), l.sender)
		mux.Handle(a.hookPath()+"/{secret}", l.sender)
		if l.bind != nil {
			mux.Handle(a.hookPath()+"/bind", l.bind)
			mux.Handle(a.hookPath()+"/bind/", l.bind)
		}
		if l.run != nil {
			out.workers = append(out.workers, l.run)
		}
	}
	return out, errors.Join(faults...)
}

func (c *core) newLine(a channelAccount, public, secret string, now func() time.Time, log *slog.Logger) (msgLine, error) {
	acc := channels.Account{Name: a.Name, CreditorID: a.Creditor}
	switch {
	case a.WeChat != nil:
		w := a.WeChat
		ch, err := wechat.New(wechat.Options{
			Account: acc, GhID: w.GhID, AppID: w.AppID, Secret: w.Secret, Token: w.Token, AESKey: w.AESKey, OldKey: w.OldKey, Mode: w.Mode, Passive: w.Passive, Menus: w.Menus,
			Limits: w.Limits, TypingPath: w.Typing, BaseURL: w.BaseURL, Sink: c.bot, Shared: c.store, Now: now, Log: log,
		})
		if err != nil {
			return msgLine{}, err
		}
		words, err := pages.Load("bind")
		if err != nil {
			return msgLine{}, err
		}
		bind, err := ch.Bind(wechat.BindOptions{
			Binder: c.bot, Public: a.bindURL(public), Key: bindKey(secret), Text: words.Text, Lang: pages.Lang,
			Refused: func(err error) bool {
				return errors.Is(err, bot.ErrVerify) || errors.Is(err, bot.ErrConflict) || errors.Is(err, bot.ErrNotFound)
			},
		})
		return msgLine{sender: ch, bind: bind}, err
	case a.WeCom != nil:
		w := a.WeCom
		ch, err := wecom.New(wecom.Options{
			Account: acc, CorpID: w.CorpID, Secret: w.Secret, Token: w.Token, AESKey: w.AESKey, OldKey: w.OldKey, OpenKfID: w.OpenKfID,
			TakenCode: w.Taken, Limits: w.Limits, BaseURL: w.BaseURL, Sink: c.bot, Shared: c.store, Now: now, Log: log,
		})
		if err != nil {
			return msgLine{}, err
		}
		if w.People == "desk" {
			return msgLine{sender: wecom.Desk{Channel: ch}, run: ch.Run}, nil
		}
		return msgLine{sender: ch, run: ch.Run}, nil
	}
	m := a.SMS
	acc.Signature = m.RealName
	ch, err := sms.New(sms.Options{
		Account: acc, Provider: m.Provider, KeyID: m.KeyID, KeySecret: m.KeySecret, SignName: m.SignName, AppID: m.AppID, From: m.From, Extend: m.Extend,
		HookSecret: m.HookSecret, HookURL: a.pasteURL(public), Templates: m.Templates, Gateway: m.Gateway, BaseURL: m.BaseURL, Sink: c.bot, Now: now, Log: log,
	})
	return msgLine{sender: ch}, err
}

// bindKey signs the cookies of the binding pages; derived, like the key of offers.
func bindKey(secret string) []byte {
	sum := sha256.Sum256([]byte("hejie bind key v1\x00" + secret))
	return sum[:]
}
