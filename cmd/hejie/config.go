package main

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/knadh/koanf/v2"

	"hejie/channels/outhook"
)

// Config is all the server's settings. It is validated whole at start and never changes after that.
// Environment variables are HEJIE_ and the upper-case key; HEJIE_CONFIG names a YAML file with the same keys in lower case;
// for secrets HEJIE_X_FILE names a file that holds the value.
type Config struct {
	Addr           string        `koanf:"addr" yaml:"addr"`
	PublicURL      string        `koanf:"public_url" yaml:"public_url"`
	DatabaseURL    string        `koanf:"database_url" yaml:"database_url"`
	DataDir        string        `koanf:"data_dir" yaml:"data_dir"`
	Secret         string        `koanf:"secret" yaml:"secret"` // signs offers; >= 32 bytes
	LLMBaseURL     string        `koanf:"llm_base_url" yaml:"llm_base_url"`
	LLMAPIKey      string        `koanf:"llm_api_key" yaml:"llm_api_key"`
	LLMModel       string        `koanf:"llm_model" yaml:"llm_model"`
	LLMTimeout     time.Duration `koanf:"llm_timeout" yaml:"llm_timeout"`
	LLMExtra       string        `koanf:"llm_extra" yaml:"llm_extra"`             // JSON object merged into each request
	LLMAPIVersion  string        `koanf:"llm_api_version" yaml:"llm_api_version"` // Azure only
	LLMRecord      string        `koanf:"llm_record" yaml:"llm_record"`           // directory: keep every exchange (redacted as sent)
	LLMReplay      string        `koanf:"llm_replay" yaml:"llm_replay"`           // directory: answer from it, call nobody
	LLMPrice       string        `koanf:"llm_price" yaml:"llm_price"`             // "2.0 8.0": prompt and answer, per million tokens
	PolicyDir      string        `koanf:"policy_dir" yaml:"policy_dir"`
	ShadowRules    string        `koanf:"shadow_rules" yaml:"shadow_rules"`       // folder of a second rule pack that only looks on
	Channels       string        `koanf:"channels" yaml:"channels"`               // file of the messaging accounts
	FrameAncestors string        `koanf:"frame_ancestors" yaml:"frame_ancestors"` // space separated origins
	TrustedProxies string        `koanf:"trusted_proxies" yaml:"trusted_proxies"` // comma separated CIDRs
	WebhookPrivate string        `koanf:"webhook_private" yaml:"webhook_private"` // CIDRs inside which webhooks may go, besides the internet
	DeskOpen       string        `koanf:"desk_open" yaml:"desk_open"`             // 09:00-18:00
	DeskAgents     int           `koanf:"desk_agents" yaml:"desk_agents"`
	Zone           string        `koanf:"zone" yaml:"zone"`
	ShutdownAfter  time.Duration `koanf:"shutdown_after" yaml:"shutdown_after"` // how long a clean stop may take
}

// sampleSecret stands in the README's example; a server that carries it would sign offers with a public key.
const sampleSecret = "change-me-change-me-change-me-change-me"

func defaultConfig() Config {
	return Config{
		Addr: "127.0.0.1:8080", DataDir: "data", LLMTimeout: 8 * time.Second,
		DeskOpen: "09:00-18:00", DeskAgents: 1, Zone: "Asia/Shanghai", ShutdownAfter: 15 * time.Second,
	}
}

// yamlParser is what koanf needs of a parser; unknown keys are refused when the struct is decoded.
type yamlParser struct{}

func (yamlParser) Unmarshal(b []byte) (m map[string]any, err error) { return m, yaml.Unmarshal(b, &m) }
func (yamlParser) Marshal(m map[string]any) ([]byte, error)         { return yaml.Marshal(m) }

// loadConfig reads defaults, then the file, then the environment.
func loadConfig(environ []string) (Config, error) {
	c := defaultConfig()
	k := koanf.New(".")
	vars := map[string]string{}
	for _, e := range environ {
		if name, v, ok := strings.Cut(e, "="); ok && strings.HasPrefix(name, "HEJIE_") {
			vars[name] = v
		}
	}
	var faults []error
	if file := vars["HEJIE_CONFIG"]; file != "" {
		b, err := os.ReadFile(file)
		if err != nil {
			return c, fmt.Errorf("HEJIE_CONFIG: %w", err)
		}
		if err := yaml.UnmarshalWithOptions(b, &Config{}, yaml.Strict()); err != nil {
			// Only the place: the parser would quote the lines around it, and one of them may be the secret.
			return c, fmt.Errorf("HEJIE_CONFIG %s: %s", file, yaml.FormatError(err, false, false))
		}
		if err := k.Load(rawbytes.Provider(b), yamlParser{}); err != nil {
			return c, fmt.Errorf("HEJIE_CONFIG %s: %w", file, err)
		}
	}
	list, more := fromFiles(vars)
	faults = append(faults, more...)
	err := k.Load(env.Provider(".", env.Opt{
		Prefix:        "HEJIE_",
		EnvironFunc:   func() []string { return list },
		TransformFunc: func(name, v string) (string, any) { return strings.ToLower(strings.TrimPrefix(name, "HEJIE_")), v },
	}), nil)
	if err == nil {
		err = k.Unmarshal("", &c)
	}
	if err != nil {
		faults = append(faults, err)
	}
	return c, errors.Join(faults...)
}

// fromFiles puts the contents of the file in place of each HEJIE_X_FILE.
func fromFiles(vars map[string]string) (list []string, faults []error) {
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		v := vars[name]
		if base, isFile := strings.CutSuffix(name, "_FILE"); isFile {
			if _, both := vars[base]; both {
				faults = append(faults, fmt.Errorf("%s and %s are both set: give one", base, name))
				continue
			}
			b, err := os.ReadFile(v)
			if err != nil {
				faults = append(faults, fmt.Errorf("%s: %w", name, err))
				continue
			}
			name, v = base, strings.TrimSpace(string(b))
		}
		list = append(list, name+"="+v)
	}
	return list, faults
}

// Validate names every fault at once.
func (c Config) Validate() error {
	return errors.Join(c.validateServer(), c.validateModel(), c.validateBrowser(), c.validateDesk())
}

// fault names the variable, never the value of a secret one.
func fault(key, format string, args ...any) error {
	return fmt.Errorf("HEJIE_%s: "+format, append([]any{key}, args...)...)
}

func (c Config) validateServer() error {
	var f []error
	if _, _, err := net.SplitHostPort(c.Addr); err != nil {
		f = append(f, fault("ADDR", "%q is not host:port", c.Addr))
	}
	switch {
	case c.Secret == sampleSecret:
		f = append(f, fault("SECRET", "is the sample from the documentation; make your own, e.g. openssl rand -hex 32"))
	case len(c.Secret) < 32:
		f = append(f, fault("SECRET", "needs at least 32 bytes, e.g. openssl rand -hex 32"))
	}
	if c.DatabaseURL == "" && c.DataDir == "" {
		f = append(f, fault("DATA_DIR", "is empty, and no HEJIE_DATABASE_URL is given"))
	}
	if scheme, _, ok := strings.Cut(c.DatabaseURL, "://"); ok && !slices.Contains([]string{"postgres", "postgresql", "sqlite", "file"}, scheme) {
		f = append(f, fault("DATABASE_URL", "is neither postgres://… nor sqlite:PATH")) // not quoted: it may hold a password
	}
	if c.PolicyDir != "" {
		if _, err := os.Stat(filepath.Join(c.PolicyDir, "policy.yaml")); err != nil {
			f = append(f, fault("POLICY_DIR", "%w", err))
		}
	}
	if c.ShutdownAfter <= 0 {
		f = append(f, fault("SHUTDOWN_AFTER", "%s is not a positive duration", c.ShutdownAfter))
	}
	return errors.Join(f...)
}

func (c Config) validateModel() error {
	var f []error
	if (c.LLMBaseURL == "") != (c.LLMModel == "") {
		f = append(f, fault("LLM_BASE_URL", "and HEJIE_LLM_MODEL belong together: give both or neither"))
	}
	if u, err := url.Parse(c.LLMBaseURL); c.LLMBaseURL != "" && (err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https")) {
		f = append(f, fault("LLM_BASE_URL", "is not an address such as https://llm.example.com/v1")) // not quoted: some carry a key
	}
	if _, err := c.llmExtra(); err != nil {
		f = append(f, fault("LLM_EXTRA", "is not a JSON object: %w", err))
	}
	if c.LLMRecord != "" && c.LLMReplay != "" {
		f = append(f, fault("LLM_RECORD", "and HEJIE_LLM_REPLAY exclude each other"))
	}
	for key, dir := range map[string]string{"LLM_RECORD": c.LLMRecord, "LLM_REPLAY": c.LLMReplay} {
		if st, err := os.Stat(dir); dir != "" && (err != nil || !st.IsDir()) {
			f = append(f, fault(key, "%q is not a directory", dir))
		}
	}
	if _, _, err := c.llmPrice(); err != nil {
		f = append(f, fault("LLM_PRICE", "%w", err))
	}
	if c.LLMTimeout <= 0 || c.LLMTimeout > time.Minute {
		f = append(f, fault("LLM_TIMEOUT", "%s is not between 0 and 1m", c.LLMTimeout))
	}
	return errors.Join(f...)
}

// isOrigin: scheme://host[:port] and nothing else. A wildcard would let pages in that nobody has looked at.
func isOrigin(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil && u.Path == "" && u.RawQuery == "" &&
		u.Fragment == "" && !strings.Contains(s, "*")
}

func (c Config) validateBrowser() error {
	var f []error
	if !isOrigin(strings.TrimSuffix(c.PublicURL, "/")) {
		f = append(f, fault("PUBLIC_URL", "%q is not the address the debtor's browser uses, such as https://chat.example.com", c.PublicURL))
	}
	for _, a := range strings.Fields(c.FrameAncestors) {
		if !isOrigin(a) {
			f = append(f, fault("FRAME_ANCESTORS", "%q is not an origin such as https://www.example.com", a))
		}
	}
	for _, p := range c.proxies() {
		if _, _, err := net.ParseCIDR(p); err != nil && net.ParseIP(p) == nil {
			f = append(f, fault("TRUSTED_PROXIES", "%q is neither an address nor a CIDR", p))
		}
	}
	return errors.Join(f...)
}

func (c Config) validateDesk() error {
	var f []error
	if _, err := outhook.ParseReach(c.WebhookPrivate); err != nil {
		f = append(f, fault("WEBHOOK_PRIVATE", "%w", err))
	}
	if _, err := newDesk(c.DeskOpen, c.DeskAgents, time.UTC); err != nil {
		f = append(f, fault("DESK_OPEN", "%w", err))
	}
	if c.DeskAgents < 0 {
		f = append(f, fault("DESK_AGENTS", "%d is less than 0", c.DeskAgents))
	}
	if _, err := time.LoadLocation(c.Zone); err != nil {
		f = append(f, fault("ZONE", "%q is not a time zone such as Asia/Shanghai", c.Zone))
	}
	return errors.Join(f...)
}

func (c Config) proxies() []string {
	return strings.FieldsFunc(c.TrustedProxies, func(r rune) bool { return r == ',' || r == ' ' })
}

// database is the URL the store opens.
func (c Config) database() string {
	if c.DatabaseURL != "" {
		return c.DatabaseURL
	}
	return "sqlite:" + filepath.Join(c.DataDir, "hejie.db")
}
