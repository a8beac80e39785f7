package channels_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"hejie/bot"
	"hejie/bot/guard"
	"hejie/bot/store"
	"hejie/bot/understand"
	"hejie/channels"
	"hejie/flows"
	"hejie/flows/policy"
	"hejie/prompts"
)

// mute is an account that is never asked to send here.
type mute struct{}

func (mute) Account() channels.Account {
	return channels.Account{Channel: "wechat", Name: "main", CreditorID: "c"}
}
func (mute) Send(context.Context, channels.Outgoing) channels.Result {
	return channels.Result{Class: channels.Sent}
}

func sink(b *testing.B) channels.Sink {
	b.Helper()
	st, err := store.Open(b.Context(), "sqlite:"+filepath.Join(b.TempDir(), "s.db"), store.WithSecret("bench"))
	check(b, err)
	b.Cleanup(func() { check(b, st.Shutdown()) })
	words, err := prompts.Load()
	check(b, err)
	engine, err := flows.NewEngine(words, flows.Options{OfferKey: bytes.Repeat([]byte("k"), 32)})
	check(b, err)
	filter, err := guard.Default(st)
	check(b, err)
	mind, err := understand.New()
	check(b, err)
	pol, err := policy.Default()
	check(b, err)
	core, err := bot.New(bot.Options{Store: st, Filter: filter, Engine: engine, Prompts: words, Understander: mind, Bus: bot.NewBus(), Now: time.Now, Zone: time.UTC,
		Policy: func(string) *policy.Policy { return pol }, Desk: func(time.Time) flows.Desk { return flows.Desk{} }, Log: slog.New(slog.DiscardHandler)})
	check(b, err)
	core.AttachSender(mute{})
	return core
}

func check(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// bare is the least a durable webhook can be: gin, one insert, one commit that survives a power cut.
func bare(b *testing.B) http.Handler {
	b.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "b.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(10000)&_txlock=immediate")
	check(b, err)
	db.SetMaxOpenConns(1)
	b.Cleanup(func() { check(b, db.Close()) })
	_, err = db.Exec(`CREATE TABLE inbox (ext TEXT PRIMARY KEY, raw BLOB NOT NULL)`)
	check(b, err)
	ins, err := db.Prepare(`INSERT INTO inbox (ext, raw) VALUES ($1, $2)`)
	check(b, err)
	b.Cleanup(func() { check(b, ins.Close()) })
	gin.SetMode(gin.ReleaseMode)
	g := gin.New()
	g.POST("/in", func(c *gin.Context) {
		raw, _ := io.ReadAll(c.Request.Body)
		if _, err := ins.Exec(c.GetHeader("X-Id"), raw); err != nil {
			c.Status(http.StatusServiceUnavailable)
			return
		}
		c.String(http.StatusOK, "success")
	})
	return g
}

// whole is the same through the seam: decode, hash, seal, insert.
func whole(s channels.Sink) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		var in channels.Inbound
		if json.Unmarshal(raw, &in) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		in.ExtID, in.Raw = r.Header.Get("X-Id"), raw
		if _, err := s.Accept(r.Context(), in); err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, "success")
	})
}

// BenchmarkAccept compares a webhook through the inbox with the bare one, 200 requests per second each, in one run.
func BenchmarkAccept(b *testing.B) {
	n := max(b.N, 400)
	plain := rate(b, bare(b), n)
	ours := rate(b, whole(sink(b)), n)
	at := func(d []time.Duration, p int) float64 { return float64(d[(len(d)-1)*p/100].Microseconds()) / 1000 }
	b.ReportMetric(at(plain, 99), "bare-p99-ms")
	b.ReportMetric(at(ours, 99), "ours-p99-ms")
	b.ReportMetric(at(ours, 50)/at(plain, 50), "p50-ratio")
	b.ReportMetric(at(ours, 99)/at(plain, 99), "p99-ratio")
}

const perSecond = 200

// rate sends n requests at an even pace whatever the answers take, and gives the sorted times.
func rate(b *testing.B, h http.Handler, n int) []time.Duration {
	b.Helper()
	srv := httptest.NewServer(h)
	defer srv.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	body, _ := json.Marshal(channels.Inbound{Channel: "wechat", Account: "main", From: "oUSER", Kind: "text", Text: "我想分期还款"})
	times := make([]time.Duration, n)
	var wg sync.WaitGroup
	tick := time.NewTicker(time.Second / perSecond)
	defer tick.Stop()
	for i := range n {
		<-tick.C
		wg.Go(func() {
			req, _ := http.NewRequest(http.MethodPost, srv.URL+"/in", bytes.NewReader(body))
			req.Header.Set("X-Id", fmt.Sprint(i))
			began := time.Now()
			res, err := client.Do(req)
			times[i] = time.Since(began)
			if err != nil || res.StatusCode != http.StatusOK {
				b.Errorf("request %d: %v", i, err)
				return
			}
			_ = res.Body.Close()
		})
	}
	wg.Wait()
	slices.Sort(times)
	return times
}
