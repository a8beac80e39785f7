package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"hejie/bot/store"
)

func sound(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var soundEnv = []string{"HEJIE_PUBLIC_URL=https://chat.example.com", "HEJIE_SECRET=0123456789abcdef0123456789abcdef"}

func TestSoundConfig(t *testing.T) {
	file := filepath.Join(t.TempDir(), "hejie.yaml")
	sound(t, os.WriteFile(file, []byte("addr: 127.0.0.1:9000\nllm_timeout: 3s\nzone: Europe/London\n"), 0o600))
	key := filepath.Join(t.TempDir(), "key")
	sound(t, os.WriteFile(key, []byte("a-key\n"), 0o600))
	c, err := loadConfig(append(soundEnv, "HEJIE_CONFIG="+file, "HEJIE_ZONE=Asia/Tokyo", "HEJIE_LLM_API_KEY_FILE="+key, "OTHER=1"))
	sound(t, err)
	sound(t, c.Validate())
	if c.Addr != "127.0.0.1:9000" || c.LLMTimeout != 3*time.Second || c.Zone != "Asia/Tokyo" || c.LLMAPIKey != "a-key" || c.DataDir != "data" {
		t.Fatalf("defaults, file, environment in this order: %+v", c)
	}
}

// Every fault is named in one message, and no secret is.
func TestAllFaultsAtOnce(t *testing.T) {
	_, lerr := loadConfig([]string{"HEJIE_SECRET=topsecret-1", "HEJIE_SECRET_FILE=/nope", "HEJIE_LLM_API_KEY_FILE=/nope"})
	c, err := loadConfig([]string{
		"HEJIE_ADDR=x", "HEJIE_PUBLIC_URL=https://chat.example.com/path", "HEJIE_SECRET=topsecret-2", "HEJIE_DATABASE_URL=mysql://u:topsecret-3@h/d",
		"HEJIE_LLM_BASE_URL=topsecret-4", "HEJIE_LLM_TIMEOUT=2h", "HEJIE_POLICY_DIR=/nope", "HEJIE_FRAME_ANCESTORS=https://*.example.com",
		"HEJIE_TRUSTED_PROXIES=abc", "HEJIE_DESK_OPEN=9", "HEJIE_DESK_AGENTS=-1", "HEJIE_ZONE=Mars", "HEJIE_SHUTDOWN_AFTER=0s",
	})
	sound(t, err)
	all := errors.Join(lerr, c.Validate()).Error()
	for _, want := range []string{
		"HEJIE_SECRET and HEJIE_SECRET_FILE are both set", "HEJIE_LLM_API_KEY_FILE:", "HEJIE_ADDR:", "HEJIE_PUBLIC_URL:", "HEJIE_SECRET:", "HEJIE_DATABASE_URL:",
		"HEJIE_LLM_BASE_URL: and", "HEJIE_LLM_BASE_URL: is not", "HEJIE_LLM_TIMEOUT:", "HEJIE_POLICY_DIR:", "HEJIE_FRAME_ANCESTORS:", "HEJIE_TRUSTED_PROXIES:",
		"HEJIE_DESK_OPEN:", "HEJIE_DESK_AGENTS:", "HEJIE_ZONE:", "HEJIE_SHUTDOWN_AFTER:",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not named in:\n%s", want, all)
		}
	}
	if strings.Contains(all, "topsecret") {
		t.Errorf("a secret is shown:\n%s", all)
	}
}

func TestSampleSecretIsRefused(t *testing.T) {
	c, err := loadConfig(append(soundEnv, "HEJIE_SECRET="+sampleSecret))
	sound(t, err)
	if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "HEJIE_SECRET") || strings.Contains(err.Error(), sampleSecret) {
		t.Fatal(err)
	}
}

// A fault in the file is told by its place, not by the lines around it.
func TestConfigFileFaultShowsNoSecret(t *testing.T) {
	file := filepath.Join(t.TempDir(), "hejie.yaml")
	sound(t, os.WriteFile(file, []byte("secret: topsecret\nunknown: 1\n"), 0o600))
	_, err := loadConfig([]string{"HEJIE_CONFIG=" + file})
	if err == nil || !strings.Contains(err.Error(), "[2:1]") || strings.Contains(err.Error(), "topsecret") {
		t.Fatal(err)
	}
}

// The README's table is the configuration: each key is in it.
func TestReadmeNamesEveryVariable(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	sound(t, err)
	c := reflect.TypeFor[Config]()
	for i := range c.NumField() {
		name := "HEJIE_" + strings.ToUpper(c.Field(i).Tag.Get("koanf"))
		if c.Field(i).Tag.Get("koanf") != c.Field(i).Tag.Get("yaml") || !bytes.Contains(readme, []byte("`"+name+"`")) {
			t.Errorf("%s: %s is not in the README's table, or its two tags differ", c.Field(i).Name, name)
		}
	}
}

// Everybody knows the demo agent's password: serve does not open a door with it.
func TestServeRefusesADemoDatabase(t *testing.T) {
	ctx := context.Background()
	st, err := store.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "x.db"))
	sound(t, err)
	defer func() { sound(t, st.Shutdown()) }()
	sound(t, noDemoAgent(ctx, st))
	sound(t, demoAgent(ctx, st, time.Now()))
	if err := noDemoAgent(ctx, st); !errors.Is(err, errUsage) {
		t.Fatal(err)
	}
}
