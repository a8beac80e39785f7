package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/knadh/koanf/v2"
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
	PolicyDir      string        `koanf:"policy_dir" yaml:"policy_dir"`
	FrameAncestors string        `koanf:"frame_ancestors" yaml:"frame_ancestors"` // space separated origins
	TrustedProxies string        `koanf:"trusted_proxies" yaml:"trusted_proxies"` // comma separated CIDRs
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
			return c, fmt.Errorf("HEJIE_CONFIG %s: %w", file, err)
		}
		if err := k.Load(rawbytes.Provider(b), yamlParser{}); err != nil {
			return c, fmt.Errorf("HEJIE_CONFIG %s: %w", file, err)
		}
	}
	list := make([]string, 0, len(vars))
	for name, v := range vars {
		if base, isFile := strings.CutSuffix(name, "_FILE"); isFile {
			b, err := os.ReadFile(v)
			if err != nil {
				faults = append(faults, fmt.Errorf("%s: %w", name, err))
				continue
			}
			name, v = base, strings.TrimSpace(string(b))
		}
		list = append(list, name+"="+v)
	}
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

// Validate names every fault at once.
func (c Config) Validate() error {
	var f []error
	bad := func(key, format string, args ...any) {
		f = append(f, fmt.Errorf("HEJIE_%s: "+format, append([]any{key}, args...)...))
	}
	if _, _, err := net.SplitHostPort(c.Addr); err != nil {
		bad("ADDR", "%q is not host:port", c.Addr)
	}
	if u, err := url.Parse(c.PublicURL); c.PublicURL == "" || err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		bad("PUBLIC_URL", "%q is not the address the debtor's browser uses, such as https://chat.example.com", c.PublicURL)
	}
	switch {
	case c.Secret == sampleSecret:
		bad("SECRET", "is the sample from the documentation; make your own, e.g. openssl rand -hex 32")
	case len(c.Secret) < 32:
		bad("SECRET", "needs at least 32 bytes, e.g. openssl rand -hex 32")
	}
	if c.DatabaseURL == "" && c.DataDir == "" {
		bad("DATA_DIR", "is empty, and no HEJIE_DATABASE_URL is given")
	}
	if (c.LLMBaseURL == "") != (c.LLMModel == "") {
		bad("LLM_BASE_URL", "and HEJIE_LLM_MODEL belong together: give both or neither")
	}
	if c.LLMTimeout <= 0 || c.LLMTimeout > time.Minute {
		bad("LLM_TIMEOUT", "%s is not between 0 and 1m", c.LLMTimeout)
	}
	for _, p := range c.proxies() {
		if _, _, err := net.ParseCIDR(p); err != nil && net.ParseIP(p) == nil {
			bad("TRUSTED_PROXIES", "%q is neither an address nor a CIDR", p)
		}
	}
	for _, a := range strings.Fields(c.FrameAncestors) {
		if u, err := url.Parse(a); err != nil || u.Host == "" || u.Path != "" {
			bad("FRAME_ANCESTORS", "%q is not an origin such as https://www.example.com", a)
		}
	}
	if _, err := time.LoadLocation(c.Zone); err != nil {
		bad("ZONE", "%q is not a time zone such as Asia/Shanghai", c.Zone)
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
