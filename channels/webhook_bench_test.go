package channels_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hejie/channels"
	"hejie/channels/channeltest"
	"hejie/channels/fakes"
	"hejie/channels/wechat"
)

// BenchmarkWebhook is the whole callback of an Official Account in safe mode: verify, decrypt, read, seal, insert, commit. It is measured
// against the least a durable webhook can be, at 200 requests per second each, in one run. -benchtime 2000x gives each ten seconds.
func BenchmarkWebhook(b *testing.B) {
	const key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	vendor, err := fakes.NewWeChat("wxbench", "secret", "gh_bench", "token", key, time.Now)
	check(b, err)
	ch, err := wechat.New(wechat.Options{
		Account: channels.Account{Name: "main", CreditorID: "c"}, GhID: "gh_bench", AppID: "wxbench", Secret: "secret", Token: "token", AESKey: key,
		Sink: sink(b), Shared: &channeltest.Shared{Now: time.Now}, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})
	check(b, err)
	n := max(b.N, 400)
	plain := pace(b, bare(b), n, func(base string, i int) *http.Request {
		r, _ := http.NewRequest(http.MethodPost, base+"/in", strings.NewReader("我想分期还款"))
		r.Header.Set("X-Id", fmt.Sprint(i))
		return r
	})
	ours := pace(b, ch, n, func(base string, i int) *http.Request {
		r, err := vendor.Request(base+"/", "safe", fakes.Act{From: fmt.Sprintf("o%d", i%97), Type: "text", ID: fmt.Sprint(1000 + i), Elements: map[string]string{"Content": "我想分期还款"}})
		if err != nil {
			b.Error(err)
		}
		return r
	})
	at := func(d []time.Duration, p int) float64 { return float64(d[(len(d)-1)*p/100].Microseconds()) / 1000 }
	for name, d := range map[string][]time.Duration{"bare": plain, "ours": ours} {
		b.ReportMetric(at(d, 50), name+"-p50-ms")
		b.ReportMetric(at(d, 99), name+"-p99-ms")
	}
	b.ReportMetric(at(ours, 50)/at(plain, 50), "p50-ratio")
	b.ReportMetric(at(ours, 99)/at(plain, 99), "p99-ratio")
}

// pace makes the requests beforehand and sends them evenly, whatever the answers take.
func pace(b *testing.B, h http.Handler, n int, request func(base string, i int) *http.Request) []time.Duration {
	b.Helper()
	srv := httptest.NewServer(h)
	defer srv.Close()
	all := make([]*http.Request, n)
	for i := range n {
		all[i] = request(srv.URL, i)
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	times := make([]time.Duration, n)
	var wg sync.WaitGroup
	tick := time.NewTicker(time.Second / perSecond)
	defer tick.Stop()
	for i := range n {
		<-tick.C
		wg.Go(func() {
			began := time.Now()
			res, err := client.Do(all[i])
			if err != nil {
				b.Errorf("request %d: %v", i, err)
				return
			}
			_, _ = io.Copy(io.Discard, res.Body)
			_ = res.Body.Close()
			if times[i] = time.Since(began); res.StatusCode != http.StatusOK {
				b.Errorf("request %d: %s", i, res.Status)
			}
		})
	}
	wg.Wait()
	slices.Sort(times)
	return times
}
