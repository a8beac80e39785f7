package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"hejie/bot"
	"hejie/bot/store"
	"hejie/channels/wechat"
	"hejie/prompts"
)

// ChannelsCmd is what an operator does with messaging accounts beside running the server.
type ChannelsCmd struct {
	Menu   ChannelsMenuCmd   `cmd:"" help:"Send the menus of the HEJIE_CHANNELS file to their WeChat accounts."`
	Invite ChannelsInviteCmd `cmd:"" help:"Make a link that brings the person of a conversation to a messaging account."`
	Files  ChannelsFilesCmd  `cmd:"" help:"List the files a person sent; write them to a folder."`
}

// menuEntry is one entry of a WeChat account's menu: a quick reply by its id, an address, or a group. The address "bind" is that of the
// pages that bind a follower to a person.
type menuEntry struct {
	Name  string      `yaml:"name"`
	Quick string      `yaml:"quick"`
	URL   string      `yaml:"url"`
	Sub   []menuEntry `yaml:"sub"`
}

// menuButtons is an account's menu as the vendor takes it. A quick reply must be one the bot knows: what comes back is its id.
func menuButtons(list []menuEntry, words *prompts.Catalog, bind string) ([]wechat.MenuButton, error) {
	var faults []error
	out := make([]wechat.MenuButton, 0, len(list))
	for _, e := range list {
		b := wechat.MenuButton{Name: e.Name}
		switch {
		case len(e.Sub) > 0:
			sub, err := menuButtons(e.Sub, words, bind)
			faults = append(faults, err)
			b.Sub = sub
		case e.URL == "bind":
			b.Type, b.URL = "view", bind
		case e.URL != "":
			b.Type, b.URL = "view", e.URL
		default:
			b.Type, b.Key = "click", e.Quick
			if _, ok := words.Quick("zh-Hans", e.Quick); !ok {
				faults = append(faults, fmt.Errorf("%q: there is no quick reply %q", e.Name, e.Quick))
			}
		}
		out = append(out, b)
	}
	return out, errors.Join(faults...)
}

// withBot makes the bot and its accounts as the server would, runs nothing, and ends.
func withBot(f func(context.Context, *core, channelFile, Config) error) error {
	cfg, err := loadConfig(os.Environ())
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	log := slog.New(slog.DiscardHandler)
	o, err := cfg.coreOptions(time.Now, log)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	lines, err := readChannels(cfg.Channels)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	ctx := context.Background()
	c, err := newCore(ctx, o)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	_, err = attachChannels(c, lines, cfg.PublicURL, cfg.Secret, time.Now, log)
	if err == nil {
		err = f(ctx, c, lines, cfg)
	}
	return errors.Join(err, c.store.Shutdown())
}

// ChannelsMenuCmd sends menus.
type ChannelsMenuCmd struct {
	Account string `help:"Only this WeChat account; default: every one that has a menu in the file."`
}

// Help shows an example.
func (ChannelsMenuCmd) Help() string {
	return "Example:\n  HEJIE_CONFIG=/etc/hejie.yaml hejie channels menu\n\nThe menu stands in the HEJIE_CHANNELS file, under wechat.menu. Enabling a callback switches the vendor's own menu off."
}

// Run sends them; one that is refused does not keep the others back.
func (c *ChannelsMenuCmd) Run(std *IO) error {
	return withBot(func(ctx context.Context, k *core, lines channelFile, cfg Config) error {
		sent := 0
		var faults []error
		for _, a := range lines.Accounts {
			if a.WeChat == nil || len(a.WeChat.Menu) == 0 || (c.Account != "" && a.Name != c.Account) {
				continue
			}
			if err := k.sendMenu(ctx, a, cfg); err != nil {
				faults = append(faults, fmt.Errorf("wechat/%s: %w", a.Name, err))
				continue
			}
			sent++
			fmt.Fprintf(std.Out, "wechat/%s: the menu is set\n", a.Name)
		}
		if sent == 0 && len(faults) == 0 {
			return fmt.Errorf("%w: no WeChat account with a menu in the HEJIE_CHANNELS file", errUsage)
		}
		return errors.Join(faults...)
	})
}

func (c *core) sendMenu(ctx context.Context, a channelAccount, cfg Config) error {
	buttons, err := menuButtons(a.WeChat.Menu, c.words, a.bindURL(cfg.PublicURL))
	if err != nil {
		return err
	}
	l, err := c.newLine(a, cfg.PublicURL, cfg.Secret, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	return l.sender.(*wechat.Channel).SetMenu(ctx, buttons)
}

// ChannelsInviteCmd makes a link.
type ChannelsInviteCmd struct {
	Conversation string `arg:"" help:"Id of a conversation whose person has proved who they are."`
	To           string `required:"" help:"The account, such as wechat/main or wecom/desk."`
}

// Help shows an example.
func (ChannelsInviteCmd) Help() string {
	return "Example:\n  hejie channels invite 01a2… --to wechat/main\n\nThe link works once and for ten minutes. A WeChat link is to be shown as a QR code. Whoever comes by it is known there, and bound once they prove who they are."
}

// Run prints the link.
func (c *ChannelsInviteCmd) Run(std *IO) error {
	channel, account, ok := strings.Cut(c.To, "/")
	if !ok {
		return fmt.Errorf("%w: --to %s is not channel/account", errUsage, c.To)
	}
	return withBot(func(ctx context.Context, k *core, _ channelFile, _ Config) error {
		inv, err := k.bot.Invite(ctx, c.Conversation, channel, account, "operator")
		switch {
		case errors.Is(err, bot.ErrVerify):
			return fmt.Errorf("%w: the person of this conversation has not proved who they are", errFails)
		case errors.Is(err, bot.ErrNotFound):
			return fmt.Errorf("%w: %w", errUsage, err)
		case err != nil:
			return err
		}
		how := "to be opened"
		if inv.Drawn {
			how = "to be shown as a QR code"
		}
		fmt.Fprintf(std.Err, "%s; works once, until %s\n", how, inv.Until.Format(time.DateTime))
		fmt.Fprintln(std.Out, inv.Link)
		return nil
	})
}

// ChannelsFilesCmd shows what people sent.
type ChannelsFilesCmd struct {
	Conversation string `arg:"" help:"Id of the conversation."`
	Out          string `help:"Folder to write the files to; they came from outside, open them with care."`
}

// Help shows an example.
func (ChannelsFilesCmd) Help() string {
	return "Example:\n  hejie channels files 01a2… --out ./case-7\n\nStates: new (still at the sender's service), kept, gone (the service no longer has it, or its time here was over), refused."
}

// Run lists them, and writes those that are kept.
func (c *ChannelsFilesCmd) Run(std *IO) error {
	cfg, err := loadConfig(os.Environ())
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	return withStore(cfg.database(), func(ctx context.Context, st *store.Store) error {
		list, err := st.Files(ctx, c.Conversation)
		for _, f := range list {
			fmt.Fprintf(std.Out, "%s  %s  %-8s %-7s %-16s %9d  %s\n", f.ID, time.UnixMilli(f.CreatedMS).Format(time.DateTime), f.Kind, f.State, f.Mime, f.Size, f.Fault)
			if err == nil && c.Out != "" && f.State == "kept" {
				err = writeFile(ctx, st, c.Out, f.ID)
			}
		}
		return err
	}, store.WithSecret(cfg.Secret))
}

func writeFile(ctx context.Context, st *store.Store, dir, id string) error {
	f, body, err := st.File(ctx, id)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, f.ID+bot.FileExt(f.Mime)), body, 0o600)
}
