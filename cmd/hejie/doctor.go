package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"hejie/bot/guard"
	"hejie/bot/store"
	"hejie/bot/understand"
	"hejie/flows"
	"hejie/flows/calendar"
	"hejie/prompts"
)

// DoctorCmd says in plain words whether the server could start here, and what is wrong if not. It changes nothing.
type DoctorCmd struct {
	DB string `name:"db" help:"Database: postgres://… or sqlite:PATH. Default: HEJIE_DATABASE_URL, or hejie.db in HEJIE_DATA_DIR."`
}

// Help shows an example.
func (DoctorCmd) Help() string {
	return "Example:\n  HEJIE_CONFIG=/etc/hejie.yaml hejie doctor\n\nExit status 1 when something would stop or cripple the server."
}

// finding is what one check saw. A warning does not stop the server.
type finding struct {
	said    string
	warning bool
	err     error
}

// Run makes every check, also after one failed: an operator wants the whole list.
func (c *DoctorCmd) Run(std *IO) error {
	cfg, err := loadConfig(os.Environ())
	db := c.DB
	if db == "" {
		db = cfg.database()
	}
	lines, linesErr := readChannels(cfg.Channels)
	bad := false
	for _, check := range []struct {
		name string
		run  func() finding
	}{
		{"configuration", func() finding { return checkConfig(cfg, err) }},
		{"database", func() finding { return checkDatabase(db) }},
		{"texts", checkTexts},
		{"flows", checkFlows},
		{"filter rules", checkRules},
		{"understanding", checkUnderstanding},
		{"policy", func() finding { return checkPolicy(cfg) }},
		{"holidays", func() finding { return checkHolidays(time.Now()) }},
		{"address", func() finding { return checkAddress(cfg.Addr) }},
		{"language model", func() finding { return checkModel(cfg) }},
		{"channels", func() finding { return checkChannels(cfg, lines, linesErr) }},
		{"channel setup", func() finding { return checkSetup(cfg, lines) }},
		{"delivery", func() finding { return checkDelivery(cfg, lines, db) }},
	} {
		bad = report(std.Out, check.name, check.run()) || bad
	}
	if bad {
		return fmt.Errorf("%w: %w", errSilent, errFails)
	}
	return nil
}

func report(w io.Writer, name string, f finding) (bad bool) {
	switch {
	case f.err != nil && f.warning:
		fmt.Fprintf(w, "warn  %-15s %s\n", name, indented(f.err.Error()))
	case f.err != nil:
		fmt.Fprintf(w, "FAIL  %-15s %s\n", name, indented(f.err.Error()))
		return true
	default:
		fmt.Fprintf(w, "ok    %-15s %s\n", name, f.said)
	}
	return false
}

func indented(s string) string { return strings.ReplaceAll(s, "\n", "\n"+strings.Repeat(" ", 22)) }

func checkConfig(cfg Config, loadErr error) finding {
	return finding{said: "complete", err: errors.Join(loadErr, cfg.Validate())}
}

func checkDatabase(url string) finding {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if path, missing := notMade(url); missing {
		return finding{warning: true, err: fmt.Errorf("%s does not exist yet; the server makes it at its first start", path)}
	}
	st, err := store.Schema(ctx, url)
	if err != nil {
		return finding{err: fmt.Errorf("cannot be used: %w", err)}
	}
	if st.Current < st.Target {
		return finding{warning: true, err: fmt.Errorf("reachable; schema %d of %d, the server completes it at its start (or run hejie migrate)", st.Current, st.Target)}
	}
	return finding{said: fmt.Sprintf("reachable, schema %d is current", st.Current)}
}

// notMade: a database in a file that is not there. Looking must not make it.
func notMade(url string) (path string, missing bool) {
	path, isFile := strings.CutPrefix(url, "sqlite:")
	if !isFile {
		return path, false
	}
	_, err := os.Stat(path)
	return path, errors.Is(err, os.ErrNotExist)
}

func checkTexts() finding {
	_, err := prompts.Load()
	return finding{said: "load", err: err}
}

func checkFlows() finding {
	words, err := prompts.Load()
	if err == nil {
		_, err = flows.NewEngine(words, flows.Options{OfferKey: offerKey("doctor")})
	}
	return finding{said: "load", err: err}
}

func checkRules() finding {
	f, err := guard.Default(nil)
	if err != nil {
		return finding{err: err}
	}
	return finding{said: fmt.Sprintf("%d rules load, their examples hold (%s)", len(f.Rules()), f.Ruleset())}
}

func checkUnderstanding() finding {
	_, err := understand.New()
	return finding{said: "loads", err: err}
}

func checkPolicy(cfg Config) finding {
	p, err := loadPolicy(cfg.PolicyDir)
	if err != nil {
		return finding{err: err}
	}
	return finding{said: "version " + p.Version}
}

func checkHolidays(now time.Time) finding {
	years, err := calendar.MissingYears("CN", now.Year(), now.Year()+1)
	if err == nil && len(years) > 0 {
		err = fmt.Errorf("none are entered for %v: those days count as plain workdays and weekends", years)
	}
	return finding{said: "entered for this year and the next", warning: true, err: err}
}

func checkAddress(addr string) finding {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return finding{warning: true, err: fmt.Errorf("%s cannot be listened on (is the server running already?): %w", addr, err)}
	}
	return finding{said: addr + " is free", err: l.Close()}
}

// checkModel only knocks: it sends nothing, least of all a key.
func checkModel(cfg Config) finding {
	if cfg.LLMBaseURL == "" {
		return finding{said: "none configured; the grammar understands alone"}
	}
	u, err := url.Parse(cfg.LLMBaseURL)
	if err != nil || u.Hostname() == "" {
		return finding{err: fmt.Errorf("HEJIE_LLM_BASE_URL %q is not an address", cfg.LLMBaseURL)}
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	conn, err := net.DialTimeout("tcp", net.JoinHostPort(u.Hostname(), port), 5*time.Second)
	if err != nil {
		return finding{warning: true, err: fmt.Errorf("%s does not answer; the grammar understands alone until it does: %w", u.Host, err)}
	}
	return finding{said: u.Host + " answers", err: conn.Close()}
}
