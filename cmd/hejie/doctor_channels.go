package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hejie/bot"
	"hejie/bot/store"
	"hejie/channels/sms"
	"hejie/channels/wechat"
	"hejie/prompts"
)

// checkChannels names the address to paste at each vendor; a secret at its end is cut, for doctor's words end up in tickets.
func checkChannels(cfg Config, f channelFile, err error) finding {
	if err != nil {
		return finding{err: err}
	}
	said := []string{fmt.Sprintf("web chat and %d messaging accounts", len(f.Accounts))}
	if f.keep != nil {
		said = append(said, "files people send are kept by "+f.Retention+", version "+f.keep.Version)
	}
	for _, a := range f.Accounts {
		u := strings.TrimRight(cfg.PublicURL, "/") + a.hookPath()
		if a.SMS != nil && a.SMS.HookSecret != "" {
			u += "/<hook_secret>"
		}
		said = append(said, fmt.Sprintf("%s/%s: paste %s at the vendor", a.Channel, a.Name, u))
	}
	return finding{said: indented(strings.Join(said, "\n"))}
}

// checkSetup finds what the server would start with and a person would miss: texts a line has no template for, a menu nobody takes.
func checkSetup(cfg Config, f channelFile) finding {
	if len(f.Accounts) == 0 {
		return finding{said: "nothing to check"} // a fault stands one line above
	}
	words, err := prompts.Load()
	if err != nil {
		return finding{err: err}
	}
	var faults []error
	for _, a := range f.Accounts {
		if a.SMS != nil && sms.TakesTemplates(a.SMS.Provider) {
			var missing []string
			for _, id := range bot.NeutralTexts() {
				if _, ok := a.SMS.Templates[id]; !ok {
					missing = append(missing, id)
				}
			}
			if len(missing) > 0 {
				faults = append(faults, fmt.Errorf("sms/%s has no template for %s: these texts end as dead letters", a.Name, strings.Join(missing, ", ")))
			}
		}
		if a.WeChat != nil && len(a.WeChat.Menu) > 0 {
			buttons, err := menuButtons(a.WeChat.Menu, words, a.bindURL(cfg.PublicURL))
			if err == nil {
				err = wechat.CheckMenu(buttons)
			}
			if err != nil {
				faults = append(faults, fmt.Errorf("wechat/%s: menu: %w", a.Name, err))
			}
		}
	}
	return finding{said: "templates and menus are complete", warning: true, err: errors.Join(faults...)}
}

// waitsLong: a text that is due this long has met something nobody looks at.
const waitsLong = 10 * time.Minute

// checkDelivery reads how each account does. It looks only at a database that is up to date: looking must not change it.
func checkDelivery(cfg Config, f channelFile, url string) finding {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	const notYet = "not looked at: the database is not there or not complete"
	if _, missing := notMade(url); missing {
		return finding{said: notYet}
	}
	if st, err := store.Schema(ctx, url); err != nil || st.Current < st.Target {
		return finding{said: notYet}
	}
	st, err := store.Open(ctx, url, store.WithSecret(cfg.Secret))
	if err != nil {
		return finding{err: err}
	}
	now := time.Now()
	list, err1 := st.ChannelHealth(ctx, now.Add(-24*time.Hour))
	stuck, err2 := st.StuckRefusals(ctx, maxNamed)
	nobodys, err3 := withoutCreditor(ctx, st, f.Accounts)
	if err := errors.Join(err1, err2, err3, st.Shutdown()); err != nil {
		return finding{err: err}
	}
	slices.SortFunc(list, func(a, b bot.ChannelHealth) int { return strings.Compare(a.Channel+a.Account, b.Channel+b.Account) })
	var said []string
	var faults []error
	for _, a := range nobodys {
		faults = append(faults, fmt.Errorf("%s/%s: there is no creditor %q (see hejie creditor list): what people write there cannot be worked on", a.Channel, a.Name, a.Creditor))
	}
	for _, h := range list {
		line := fmt.Sprintf("%s/%s: %d sent in 24 h, %d waiting, %d parked, %d suppressed", h.Channel, h.Account, h.Sent, h.Queued, h.Parked, h.Suppressed)
		if worry := worries(h, now); worry != "" {
			faults = append(faults, errors.New(line+"; "+worry))
			continue
		}
		said = append(said, line)
	}
	if len(list) == 0 {
		said = []string{"no text went through a messaging account yet"}
	}
	if len(stuck) > 0 {
		said = append(said, stuckLine(stuck))
	}
	return finding{said: indented(strings.Join(said, "\n")), warning: true, err: errors.Join(faults...)}
}

// withoutCreditor are accounts of a creditor who is not here.
func withoutCreditor(ctx context.Context, st *store.Store, list []channelAccount) (out []channelAccount, err error) {
	for _, a := range list {
		switch _, err := st.Tenant(ctx, a.Creditor); {
		case errors.Is(err, bot.ErrNotFound):
			out = append(out, a)
		case err != nil:
			return nil, err
		}
	}
	return out, nil
}

// maxNamed is how many conversations doctor names in one line.
const maxNamed = 20

// stuckLine names refusals that a word of return does not lift: a person must ask, and only they know.
func stuckLine(list []store.StuckRefusal) string {
	names := make([]string, len(list))
	for i, r := range list {
		names[i] = r.Channel + "/" + r.Account + " " + r.ConvID
	}
	return "refusals that START does not take back, for the record does not tell that the number alone refused: " + strings.Join(names, ", ")
}

func worries(h bot.ChannelHealth, now time.Time) string {
	var list []string
	if h.Failed+h.Unknown > 0 {
		list = append(list, fmt.Sprintf("%d did not arrive and %d nobody knows of (last code %s): see the dead letters in the console", h.Failed, h.Unknown, h.LastCode))
	}
	if h.InboxDead > 0 {
		list = append(list, fmt.Sprintf("%d messages from people could not be worked on", h.InboxDead))
	}
	if h.OldestMS > 0 && now.Sub(time.UnixMilli(h.OldestMS)) > waitsLong {
		list = append(list, fmt.Sprintf("the oldest has waited since %s: is the server running?", time.UnixMilli(h.OldestMS).Format(time.DateTime)))
	}
	return strings.Join(list, "; ")
}
