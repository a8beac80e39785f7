package bot_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"hejie/bot"
	"hejie/bot/guard"
	"hejie/bot/store"
	"hejie/bot/store/pgtest"
	"hejie/bot/understand"
	"hejie/flows"
	"hejie/flows/policy"
	"hejie/prompts"
)

const (
	crashURL   = "HEJIE_TEST_CRASH_DB" // set: this process is a node on that database
	crashPeer  = "HEJIE_TEST_CRASH_PEER"
	crashLease = 2 * time.Second
	crashWait  = 90 * time.Second // and more for a long run: a loaded machine works off what it accepted
)

func TestMain(m *testing.M) {
	if url := os.Getenv(crashURL); url != "" {
		if err := crashNode(url, os.Getenv(crashPeer)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	pgtest.Main(m)
}

// loopback carries texts to the peer of the test.
type loopback struct {
	acct bot.Account
	peer string
	http *http.Client
}

func (l *loopback) Account() bot.Account { return l.acct }

func (l *loopback) Send(ctx context.Context, p bot.Parcel) bot.Result {
	body, _ := json.Marshal(peerText{Key: p.Key, Conv: p.ConversationID, Seq: p.Cleared.Seq(), Channel: p.Channel, Text: words([]guard.Cleared{p.Cleared})})
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, l.peer, bytes.NewReader(body))
	if err != nil {
		return bot.Result{Class: bot.Permanent, Detail: err.Error()}
	}
	res, err := l.http.Do(req)
	var op *net.OpError
	switch {
	case errors.As(err, &op) && op.Op == "dial":
		return bot.Result{Class: bot.Retryable, Code: "dial"}
	case err != nil:
		return bot.Result{Class: bot.Ambiguous, Code: "cut"}
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return bot.Result{Class: bot.Retryable, Code: strconv.Itoa(res.StatusCode)}
	}
	return bot.Result{Class: bot.Sent, ProviderID: "peer-" + p.Key}
}

// crashNode is one node of the server: webhook in, bot, two accounts out.
func crashNode(url, peer string) error {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		return err
	}
	ctx := context.Background()
	st, err := store.Open(ctx, url, store.WithSecret("the same on each node"))
	if err != nil {
		return err
	}
	words, err1 := prompts.Load()
	filter, err2 := guard.Default(st)
	mind, err3 := understand.New()
	pol, err4 := policy.Default()
	tenants, err5 := st.Tenants(ctx)
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		return err
	}
	engine, err := flows.NewEngine(words, flows.Options{OfferKey: bytes.Repeat([]byte("k"), 32)})
	if err != nil {
		return err
	}
	b, err := bot.New(bot.Options{
		Store: st, Filter: filter, Engine: engine, Prompts: words, Understander: mind, Bus: bot.NewBus(), Zone: zone, Now: time.Now,
		Policy: func(string) *policy.Policy { return pol }, Desk: func(time.Time) flows.Desk { return flows.Desk{Open: true, Agents: 1, Hours: "09:00-18:00"} },
		Node: fmt.Sprint("node-", os.Getpid()), Lease: crashLease, Merge: 20 * time.Millisecond,
		Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError + 1})),
	})
	if err != nil {
		return err
	}
	for ch, tr := range map[string]bot.Traits{"wecom": kf, "sms": sms} {
		a := bot.Account{Channel: ch, Name: "main", CreditorID: tenants[0].ID, Traits: tr}
		if ch == "sms" {
			a.Signature = "安和消费金融"
		}
		b.AttachSender(&loopback{acct: a, peer: peer, http: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}})
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	go func() { _ = b.Run(ctx) }()
	fmt.Println(ln.Addr())
	return http.Serve(ln, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { // #nosec G114 -- a test's own node
		var in bot.Arrival
		if json.NewDecoder(r.Body).Decode(&in) != nil {
			http.Error(w, "", http.StatusBadRequest)
			return
		}
		if _, err := b.Accept(r.Context(), in); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	}))
}

// crashSite is the database, its nodes and the peer.
type crashSite struct {
	t     *testing.T
	url   string
	peer  *peer
	addr  string // of the peer
	mu    sync.Mutex
	nodes []*crashProc
}

type crashProc struct {
	cmd  *exec.Cmd
	base string
}

func (s *crashSite) start() *crashProc {
	s.t.Helper()
	self, err := os.Executable()
	must(s.t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), crashURL+"="+s.url, crashPeer+"="+s.addr)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	must(s.t, err)
	must(s.t, cmd.Start())
	s.t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	var addr string
	if _, err := fmt.Fscanln(out, &addr); err != nil {
		s.t.Fatalf("a node did not start: %v", err)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return &crashProc{cmd: cmd, base: "http://" + addr}
}

// killOne ends a node at once and starts another in its place.
func (s *crashSite) killOne(i int) {
	s.t.Helper()
	s.mu.Lock()
	old := s.nodes[i]
	s.mu.Unlock()
	must(s.t, old.cmd.Process.Signal(syscall.SIGKILL))
	_ = old.cmd.Wait()
	fresh := s.start()
	s.mu.Lock()
	s.nodes[i] = fresh
	s.mu.Unlock()
}

func (s *crashSite) node(rnd *rand.Rand) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.nodes[rnd.IntN(len(s.nodes))].base
}

func kills() int {
	if n, err := strconv.Atoi(os.Getenv("HEJIE_KILLS")); err == nil && n > 0 {
		return n
	}
	if testing.Short() {
		return 2
	}
	return 4
}

// TestKilledWhileDelivering: nodes die at random moments under load. Nothing that was acknowledged is lost or said twice,
// order holds, and each send that may have happened is shown. HEJIE_KILLS=200 runs it at full length.
func TestKilledWhileDelivering(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { crash(t, "sqlite:"+filepath.Join(t.TempDir(), "c.db"), 1) })
	t.Run("postgres", func(t *testing.T) { crash(t, pgtest.URL(t), 2) })
}

func crash(t *testing.T, url string, nodes int) {
	seedTenant(t, url)
	rnd := rand.New(rand.NewPCG(20261202, uint64(nodes)))
	s := &crashSite{t: t, url: url, peer: &peer{rnd: rand.New(rand.NewPCG(3, 3)), got: map[string]int{}, texts: map[string]string{}}}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	srv := &http.Server{Handler: s.peer, ReadHeaderTimeout: time.Second, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	go func() { _ = srv.Serve(ln) }()
	t.Cleanup(func() { _ = srv.Close() })
	s.addr = "http://" + ln.Addr().String()
	for range nodes {
		s.nodes = append(s.nodes, s.start())
	}
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	var people []*person
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for i := range 6 {
		p := &person{channel: []string{"wecom", "sms"}[i%2], from: fmt.Sprintf("+86138000099%02d", i)}
		people = append(people, p)
		wg.Go(func() { p.write(s, client, uint64(i), stop) })
	}
	for range kills() {
		time.Sleep(time.Duration(100+rnd.IntN(900)) * time.Millisecond) // the moment of death, not a wait for anything
		s.killOne(rnd.IntN(nodes))
	}
	close(stop)
	wg.Wait()
	s.peer.mu.Lock()
	s.peer.calm = true
	s.peer.mu.Unlock()
	st, err := store.Open(t.Context(), url, store.WithSecret("the same on each node"))
	must(t, err)
	defer func() { must(t, st.Shutdown()) }()
	drainSite(t, st)
	checkCrash(t, s, st, people)
}

// seedTenant makes the creditor the nodes work for.
func seedTenant(t *testing.T, url string) {
	t.Helper()
	ctx := context.Background()
	later := func() time.Time { return time.Date(2026, 12, 3, 10, 0, 0, 0, time.UTC) } // the file is of the day before
	st, err := store.Open(ctx, url, store.WithSecret("the same on each node"), store.WithClock(later))
	must(t, err)
	file := filepath.Join(t.TempDir(), "p.csv")
	must(t, os.WriteFile(file, []byte(portfolio), 0o600))
	rep, err := st.Import(ctx, file, store.ImportOptions{})
	must(t, err)
	if rep.Errors > 0 {
		t.Fatalf("portfolio: %+v", rep.Listed)
	}
	all, err := st.Tenants(ctx)
	must(t, err)
	tn := all[0]
	tn.Website, tn.Hotline, tn.Collector = "https://www.example.com", "400-000-0000", "衡信资产服务有限公司"
	must(t, st.SaveTenant(ctx, tn))
	must(t, st.Shutdown())
}
