package main

import (
	"bytes"
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"text/template"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"hejie/bot"
	"hejie/bot/store"
	"hejie/flows"
	"hejie/flows/calendar"
	"hejie/web"
)

//go:embed demodata/portfolio.csv.tmpl
var demoPortfolio string

// The demo's creditor, collector and agent. All are invented.
const (
	demoCreditor  = "安和消费金融"
	demoCollector = "衡信资产服务有限公司"
	demoLogin     = "linqian"
	demoName      = "林倩"
	demoPassword  = "demo-2026" // printed on the demo page; serve never makes this account
)

// demoPeople are the six samples of the portfolio file, in the order of the strip.
var demoPeople = []web.DemoPerson{
	{ID: "d-zhangwei", Name: "张伟", Label: "credit_card"},
	{ID: "d-lixiulan", Name: "李秀兰", Label: "medical"},
	{ID: "d-wangjianguo", Name: "王建国", Label: "tax"},
	{ID: "d-chenxiaoyu", Name: "陈晓雨", Label: "utility"},
	{ID: "d-liuyang", Name: "刘洋", Label: "private_loan"},
	{ID: "d-zhaomin", Name: "赵敏", Label: "judgment"},
}

// DemoCmd serves a demonstration.
type DemoCmd struct {
	Addr string `default:"127.0.0.1:8080" help:"Address to listen on; a taken port gives way to a free one."`
	Data string `type:"path" help:"Keep the database in this folder (default: a temporary one, removed at the end)."`
	Now  string `help:"Set the clock (RFC 3339); it goes on from there."`

	Channels bool `help:"Also play WeChat and SMS: a page with a phone, and fakes of both vendors, on this machine."`
}

// Help shows an example.
func (DemoCmd) Help() string { return "Example:\n  hejie demo --addr 127.0.0.1:9000 --channels" }

// Run serves until interrupted.
func (c *DemoCmd) Run(std *IO) error {
	now, err := runningClock(c.Now)
	if err != nil {
		return err
	}
	dir := c.Data
	if dir == "" {
		if dir, err = os.MkdirTemp("", "hejie-demo-"); err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(dir) }()
	} else if err = os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	place := demoPlace{dir: dir, addr: freeAddr(c.Addr)}
	if c.Channels {
		if place.phone, err = newDemoPhone(ctx, "http://"+place.addr, now); err != nil {
			return err
		}
	}
	a, err := newDemo(ctx, place, now, slog.New(slog.NewTextHandler(std.Err, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return err
	}
	fmt.Fprintf(std.Out, "Hejie demo is ready / 演示已就绪\n\n  portal   %s/\n  console  %s/console   %s / %s\n\nCtrl+C stops it. / 按 Ctrl+C 结束。\n",
		a.cfg.PublicURL, a.cfg.PublicURL, demoLogin, demoPassword)
	if place.phone != nil {
		fmt.Fprintf(std.Out, "  phone    %s/   (WeChat, SMS / 微信、短信)\n", place.phone.url())
		a.msgs.workers = append(a.msgs.workers, place.phone.run)
	}
	return a.Run(ctx)
}

// demoPlace is where a demo lives: its data, its address, and the address browsers see when that is another one.
type demoPlace struct {
	dir, addr, seenAs string
	phone             *demoPhone // nil: the web only
}

// newDemo is the demo as an App: the real server with a made-up creditor, six debtors from a portfolio file and one agent.
func newDemo(ctx context.Context, p demoPlace, now func() time.Time, log *slog.Logger) (*App, error) {
	cfg := defaultConfig()
	cfg.Addr, cfg.DataDir, cfg.PublicURL, cfg.Secret = p.addr, p.dir, "http://"+or(p.seenAs, p.addr), randomHex()
	cfg.DeskOpen = "00:00-23:59" // whoever tries the demo is its agent
	var tenant bot.Tenant
	o := appOptions{Now: now, Log: log}
	if p.phone != nil {
		o.Accounts = func() (channelFile, error) { return p.phone.accounts(tenant.ID) }
	}
	o.Demo = func(c *core) (*web.DemoOptions, error) {
		var err error
		if tenant, err = seedDemo(ctx, c.store, cfg.PublicURL, now()); err != nil {
			return nil, fmt.Errorf("demo data: %w", err)
		}
		return &web.DemoOptions{
			People: func(context.Context) []web.DemoPerson { return demoPeople },
			SignIn: func(_ context.Context, id string) (string, string, error) { return demoToken(tenant, id, now()) },
			Login:  demoLogin, Password: demoPassword, CreditorID: tenant.ID, Creditor: tenant.Name,
		}, nil
	}
	return newApp(ctx, cfg, o)
}

// seedDemo loads the sample portfolio through the real importer and makes the demo agent. Doing it again changes nothing.
func seedDemo(ctx context.Context, st *store.Store, publicURL string, now time.Time) (bot.Tenant, error) {
	csv, err := demoCSV(now)
	if err != nil {
		return bot.Tenant{}, err
	}
	if err := importBytes(ctx, st, csv); err != nil {
		return bot.Tenant{}, err
	}
	all, err := st.Tenants(ctx)
	if err != nil {
		return bot.Tenant{}, err
	}
	if len(all) == 0 {
		return bot.Tenant{}, fmt.Errorf("the portfolio named no creditor")
	}
	t := all[0]
	t.Creditor = flows.Creditor{
		ID: t.ID, Name: demoCreditor, Collector: demoCollector, Hotline: "400-000-0000",
		Website: publicURL + "/", PayURL: publicURL + "/pay", Profile: "FI",
	}
	if len(t.HostSecret) < 32 {
		t.HostSecret = []byte(randomHex())
	}
	t.FrameAncestors = []string{publicURL}
	if err := st.SaveTenant(ctx, t); err != nil {
		return bot.Tenant{}, err
	}
	return t, demoAgent(ctx, st, now)
}

// importBytes runs a portfolio we wrote ourselves through the one importer, which reads files because it reads them twice.
func importBytes(ctx context.Context, st *store.Store, csv []byte) error {
	dir, err := os.MkdirTemp("", "hejie-import-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "portfolio.csv") // the name becomes the entries' basis, which people read
	if err := os.WriteFile(file, csv, 0o600); err != nil {
		return err
	}
	rep, err := st.Import(ctx, file, store.ImportOptions{})
	if err != nil {
		return err
	}
	if rep.Errors > 0 {
		return fmt.Errorf("portfolio: %+v", rep.Listed)
	}
	return nil
}

func demoAgent(ctx context.Context, st *store.Store, now time.Time) error {
	if _, err := st.AgentByLogin(ctx, demoLogin); err == nil {
		return nil
	}
	hash, err := store.HashPassword(demoPassword)
	if err != nil {
		return err
	}
	return st.AddAgent(ctx, bot.AgentUser{
		ID: uuid.Must(uuid.NewV7()).String(), Login: demoLogin, Name: demoName, Role: "admin", PasswordHash: hash, CreatedMS: now.UnixMilli(),
	})
}

// demoCSV fills the portfolio's dates, which are written as days from today.
func demoCSV(now time.Time) ([]byte, error) {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		return nil, err
	}
	today := calendar.Today(now, zone)
	t, err := template.New("portfolio").Funcs(template.FuncMap{"day": func(n int) string { return today.AddDays(n).String() }}).Parse(demoPortfolio)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, nil)
	return b.Bytes(), err
}

// demoToken is what a real portal's server would sign after its own sign-in.
func demoToken(t bot.Tenant, ref string, now time.Time) (token, name string, err error) {
	for _, p := range demoPeople {
		if p.ID == ref {
			name = p.Name
		}
	}
	if name == "" {
		return "", "", bot.ErrNotFound
	}
	token, err = jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"iss": t.ID, "aud": "debtchat", "sub": ref, "iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(),
		"jti": uuid.NewString(), "acr": "password",
	}).SignedString(t.HostSecret)
	return token, name, err
}

// freeAddr keeps the wanted address when it is free, else takes any free port of the same host.
func freeAddr(want string) string {
	for _, addr := range []string{want, hostOf(want) + ":0"} {
		if ln, err := net.Listen("tcp", addr); err == nil {
			got := ln.Addr().String()
			_ = ln.Close()
			return got
		}
	}
	return want
}

func hostOf(addr string) string {
	if h, _, err := net.SplitHostPort(addr); err == nil && h != "" {
		return h
	}
	return "127.0.0.1"
}

func randomHex() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails, by its contract
	return hex.EncodeToString(b)
}

// runningClock is the real clock, or one that was set and goes on.
func runningClock(set string) (func() time.Time, error) {
	if set == "" {
		return time.Now, nil
	}
	t, err := time.Parse(time.RFC3339, set)
	if err != nil {
		return nil, fmt.Errorf("%w: --now: %q is not RFC 3339, such as 2026-12-02T14:30:00+08:00", errUsage, set)
	}
	began := time.Now()
	return func() time.Time { return t.Add(time.Since(began)) }, nil
}
