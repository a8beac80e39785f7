package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"hejie/bot"
	"hejie/bot/store"
	"hejie/channels/webchat"
	"hejie/web"
)

// mergeWindow: messages a debtor sends in quick succession are one thought and get one answer.
const mergeWindow = 350 * time.Millisecond

// App is the whole server of one process. Tests start it as the program does.
type App struct {
	core *core
	chat *webchat.Channel
	web  *web.Server
	ln   net.Listener
	cfg  Config
	log  *slog.Logger
	msgs attached
}

// appOptions are what the demo adds to a plain server.
type appOptions struct {
	Now  func() time.Time
	Demo func(*core) (*web.DemoOptions, error) // nil in serve
	// Accounts of messaging channels in place of those of the file; asked after Demo.
	Accounts func() (channelFile, error)
	Log      *slog.Logger
}

// newApp opens the database, loads every rule and text, and listens. Nothing runs yet.
func newApp(ctx context.Context, cfg Config, o appOptions) (*App, error) {
	co, err := cfg.coreOptions(o.Now, o.Log)
	if err != nil {
		return nil, err
	}
	co.LLM, co.ShadowRules, co.Merge = cfg.llm(), cfg.ShadowRules, mergeWindow
	c, err := newCore(ctx, co)
	if err != nil {
		return nil, err
	}
	a := &App{core: c, cfg: cfg, log: o.Log}
	if err := a.face(o); err != nil {
		return nil, errors.Join(err, c.store.Shutdown())
	}
	return a, nil
}

// face builds everything HTTP.
func (a *App) face(o appOptions) error {
	c, cfg := a.core, a.cfg
	var demo *web.DemoOptions
	if o.Demo != nil {
		var err error
		if demo, err = o.Demo(c); err != nil {
			return err
		}
	}
	var err error
	a.chat, err = webchat.New(webchat.Options{
		Desk: c.bot, Sessions: c.store, Tenants: c.store.Tenant, Bus: c.bus, Now: o.Now,
		AllowedOrigins: chatOrigins(cfg.PublicURL, demo != nil), Log: o.Log,
	})
	if err != nil {
		return err
	}
	c.bot.Attach(a.chat)
	lines, err := readChannels(cfg.Channels)
	if err == nil && o.Accounts != nil {
		lines, err = o.Accounts()
	}
	if err == nil {
		a.msgs, err = attachChannels(c, lines, cfg.PublicURL, cfg.Secret, o.Now, o.Log)
	}
	if err != nil {
		return err
	}
	reg := prometheus.NewRegistry()
	integrators, err := a.integrators(lines.Accounts, reg)
	if err != nil {
		return err
	}
	a.web, err = web.New(web.Options{
		Operator: c.bot, Integrators: integrators, Papers: c.papers(), Registry: reg,
		Desk: c.bot, Console: c.store, Bus: c.bus, Chat: a.chat.Handler(), Webhooks: a.msgs.hooks, ChatOpen: a.chat.Connected, Tenants: c.store.Tenants,
		FrameAncestors: a.frameAncestors, Contact: c.contact, CheckPassword: store.CheckPassword, Ready: c.store.Ping,
		Now: o.Now, PublicURL: cfg.PublicURL, TrustedProxies: cfg.proxies(), Demo: demo, Log: o.Log,
	})
	if err != nil {
		return err
	}
	a.ln, err = net.Listen("tcp", cfg.Addr)
	return err
}

// chatOrigins: the chat runs in a frame of our own origin; a demo is reached by either name of the loopback.
func chatOrigins(public string, demo bool) []string {
	origins := []string{public}
	if demo {
		for _, pair := range [][2]string{{"127.0.0.1", "localhost"}, {"localhost", "127.0.0.1"}} {
			if o := strings.Replace(public, "//"+pair[0], "//"+pair[1], 1); o != public {
				origins = append(origins, o)
			}
		}
	}
	return origins
}

// frameAncestors: what the operator set, and what each creditor's own record adds.
func (a *App) frameAncestors(ctx context.Context, creditor string) []string {
	list := strings.Fields(a.cfg.FrameAncestors)
	if t, err := a.core.store.Tenant(ctx, creditor); err == nil {
		list = append(list, t.FrameAncestors...)
	}
	return list
}

func (c *core) contact(ctx context.Context, conv bot.Conversation) (web.Contact, error) {
	d, err := c.store.Debtor(ctx, conv.CreditorID, conv.DebtorID)
	if err != nil {
		return web.Contact{}, err
	}
	f, err := c.store.DeliveryFacts(ctx, conv, c.now().In(c.zone))
	return web.Contact{Name: d.Name, Phone: d.PhoneLast4, OptedOut: f.OptedOut, SentToday: f.SentToday, SentWeek: f.SentWeek}, err
}

// Run serves until ctx ends. The stop loses nothing: intake ends first, then turns and deliveries in hand are
// finished, then the database closes. What is not finished in time stays in the database for the next start.
func (a *App) Run(ctx context.Context) error {
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	var back errgroup.Group
	back.Go(func() error { return a.core.bot.Run(work) })
	if a.core.shadow != nil {
		back.Go(func() error { return a.core.shadow.Run(work) })
	}
	for _, w := range a.msgs.workers {
		back.Go(func() error { return w(work) })
	}

	front, fctx := errgroup.WithContext(ctx)
	front.Go(func() error { return a.chat.Run(fctx) })
	front.Go(func() error { return a.web.Run(fctx, a.ln) })
	err := front.Wait()
	if errors.Is(err, context.Canceled) || errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	stopWork()
	return errors.Join(err, waitFor(back.Wait, a.cfg.ShutdownAfter), a.core.store.Shutdown())
}

func waitFor(f func() error, atMost time.Duration) error {
	done := make(chan error, 1)
	go func() { done <- f() }()
	select {
	case err := <-done:
		return err
	case <-time.After(atMost):
		return fmt.Errorf("not all turns finished within %s; they go on at the next start", atMost)
	}
}

// ServeCmd is the production server.
type ServeCmd struct{}

// Help shows an example.
func (ServeCmd) Help() string {
	return "Example:\n  HEJIE_PUBLIC_URL=https://chat.example.com HEJIE_SECRET_FILE=/run/secrets/hejie \\\n  HEJIE_DATABASE_URL=postgres://hejie@db/hejie hejie serve\n\nThe README lists every variable."
}

// Run starts the server.
func (ServeCmd) Run(std *IO) error {
	cfg, err := loadConfig(os.Environ())
	if err = errors.Join(err, cfg.Validate()); err != nil {
		return fmt.Errorf("%w:\n%w", errUsage, err)
	}
	if cfg.DatabaseURL == "" {
		if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
			return err
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	a, err := newApp(ctx, cfg, appOptions{Now: time.Now, Log: slog.New(slog.NewJSONHandler(std.Err, nil))})
	if err != nil {
		return err
	}
	if err := noDemoAgent(ctx, a.core.store); err != nil {
		return errors.Join(err, a.ln.Close(), a.core.store.Shutdown())
	}
	fmt.Fprintf(std.Out, "hejie serves %s on %s\n", cfg.PublicURL, a.ln.Addr())
	return a.Run(ctx)
}

// noDemoAgent refuses a database that a demo has used: everybody knows the password of its agent.
func noDemoAgent(ctx context.Context, st *store.Store) error {
	a, err := st.AgentByLogin(ctx, demoLogin)
	if errors.Is(err, bot.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if !a.Disabled && store.CheckPassword(a.PasswordHash, demoPassword) {
		return fmt.Errorf("%w: this database was made by `hejie demo`; its agent %s has a published password. Use another database", errUsage, demoLogin)
	}
	return nil
}
