package webchat

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/gorilla/websocket"

	"hejie/bot"
)

var seed = flag.Uint64("chaos.seed", 20260701, "seed of the cuts, duplicates and reorders")
var faultCount = flag.Int("chaos.faults", 1000, "how many of them at least")

// faultyBus delivers events late, twice, out of order or not at all, as a bus may; "lost" tells of the last kind.
type faultyBus struct {
	bot.Bus
	mu     sync.Mutex
	rnd    *rand.Rand
	held   []bot.Event
	faults *atomic.Int64
}

func (b *faultyBus) Publish(e bot.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch b.rnd.IntN(4) {
	case 0: // twice
		b.faults.Add(1)
		b.Bus.Publish(e)
	case 1: // later, after others
		b.faults.Add(1)
		b.held = append(b.held, e)
		return
	case 2: // never
		b.faults.Add(1)
		b.Bus.Publish(bot.Event{Kind: "lost"})
		return
	}
	b.Bus.Publish(e)
	b.rnd.Shuffle(len(b.held), func(i, j int) { b.held[i], b.held[j] = b.held[j], b.held[i] })
	for _, h := range b.held {
		b.Bus.Publish(h)
	}
	b.held = nil
}

// cutConn breaks off after so many bytes in either direction, in the middle of whatever is on its way.
type cutConn struct {
	net.Conn
	left atomic.Int64
}

var errCut = errors.New("cut")

func (c *cutConn) spend(n int) (int, bool) {
	left := c.left.Add(int64(-n))
	return n + int(min(left, 0)), left > 0
}

func (c *cutConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if _, ok := c.spend(n); !ok {
		c.Close()
		return 0, errCut
	}
	return n, err
}

func (c *cutConn) Write(p []byte) (int, error) {
	n, ok := c.spend(len(p))
	if !ok {
		_, _ = c.Conn.Write(p[:max(n, 0)])
		c.Close()
		return 0, errCut
	}
	return c.Conn.Write(p)
}

// page is a client as the protocol describes it: it keeps what it has seen, drops what it has, asks for what it
// misses, and sends again in order what was not acknowledged.
type page struct {
	w      *world
	o      openOut
	rnd    *rand.Rand
	epoch  string
	rows   []string // line per seq
	unsent []string // cids without an ack
	faults *atomic.Int64
}

func line(seq int64, t string, p json.RawMessage) string {
	var m struct {
		gotMsg
		Event string `json:"event"`
	}
	_ = json.Unmarshal(p, &m)
	return fmt.Sprintf("%d %s %s %s %s %s", seq, t, m.MID, m.CID, m.From.Role, m.Text)
}

func (p *page) take(g got) (ask int64) {
	switch {
	case g.T == "ack":
		var a ackOut
		_ = json.Unmarshal(g.P, &a)
		p.unsent = slices.DeleteFunc(p.unsent, func(c string) bool { return c == a.CID })
	case g.Seq == 0, g.Seq <= int64(len(p.rows)): // ephemeral, or seen before
	case g.Seq > int64(len(p.rows))+1:
		return int64(len(p.rows)) + 1
	default:
		p.rows = append(p.rows, line(g.Seq, g.T, g.P))
	}
	return 0
}

// frames are all unacknowledged messages, some twice, and now and then in another order.
func (p *page) frames() []string {
	var out []string
	for _, c := range p.unsent {
		f := fmt.Sprintf(`{"t":"msg","id":%q,"p":{"cid":%q,"kind":"text","text":%q}}`, c, c, "话 "+c)
		out = append(out, f)
		if p.rnd.IntN(4) == 0 {
			p.faults.Add(1)
			out = append(out, f)
		}
	}
	if len(out) > 1 && p.rnd.IntN(4) == 0 {
		p.faults.Add(1)
		p.rnd.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	}
	return out
}

// connect runs one connection until it breaks, or until nothing is missing. A budget of 0 is a connection without cuts.
func (p *page) connect(budget int64, goal func() bool) {
	d := websocket.Dialer{Subprotocols: []string{Protocol}, NetDial: func(network, addr string) (net.Conn, error) {
		c, err := net.Dial(network, addr)
		if err != nil || budget == 0 {
			return c, err
		}
		cc := &cutConn{Conn: c}
		cc.left.Store(budget)
		return cc, nil
	}}
	conn, _, err := d.Dial("ws"+strings.TrimPrefix(p.w.srv.URL, "http")+"/ws/v1/chat", http.Header{"Origin": {p.w.srv.URL}})
	if err != nil {
		p.faults.Add(1)
		return
	}
	defer conn.Close()
	hi, _ := json.Marshal(map[string]any{"t": "hello", "id": "h", "p": helloIn{Token: p.o.Token, LastSeq: int64(len(p.rows)), Epoch: p.epoch}})
	if conn.WriteMessage(websocket.TextMessage, hi) != nil {
		p.faults.Add(1)
		return
	}
	for {
		_ = conn.SetReadDeadline(time.Now().Add(p.patience(budget)))
		_, raw, err := conn.ReadMessage()
		if err != nil {
			p.faults.Add(1)
			return
		}
		var g got
		if json.Unmarshal(raw, &g) != nil {
			p.w.t.Errorf("half a frame: %q", raw)
			return
		}
		var send []string
		if g.T == "welcome" {
			p.welcome(g)
			send = p.frames()
		} else if ask := p.take(g); ask > 0 {
			send = []string{fmt.Sprintf(`{"t":"sync","p":{"from":%d}}`, ask)}
		}
		for _, f := range send {
			if conn.WriteMessage(websocket.TextMessage, []byte(f)) != nil {
				p.faults.Add(1)
				return
			}
		}
		if goal() && len(p.unsent) == 0 {
			return
		}
	}
}

// patience: a connection that has gone quiet before its cut came is broken off soon; a good one is waited for.
func (p *page) patience(budget int64) time.Duration {
	if budget > 0 {
		return 40 * time.Millisecond
	}
	return 5 * time.Second
}

func (p *page) welcome(g got) {
	var wl welcomeOut
	_ = json.Unmarshal(g.P, &wl)
	if p.epoch = wl.Epoch; wl.Resume == "reset" {
		p.w.t.Errorf("reset without a reason: %+v", wl)
	}
}

// fallback does one round by long poll and posted frames.
func (p *page) fallback() {
	for _, f := range p.frames() {
		var g got
		if r := p.w.do("POST", "/api/v1/chat/"+p.o.Conv+"/frames", p.o.Token, json.RawMessage(f), &g); r.StatusCode == 200 {
			p.take(g)
		}
	}
	var out struct {
		Frames []got `json:"frames"`
	}
	p.w.do("GET", fmt.Sprintf("/api/v1/chat/%s/poll?after=%d&wait=0", p.o.Conv, len(p.rows)), p.o.Token, nil, &out)
	for _, g := range out.Frames {
		if p.take(g) > 0 {
			p.w.t.Error("a poll left a hole")
		}
	}
}

// transcript is what the desk holds.
func (w *world) transcript(conv string) []string {
	w.desk.mu.Lock()
	defer w.desk.mu.Unlock()
	var out []string
	for _, m := range w.desk.rows[conv] {
		text := m.Text
		for _, p := range m.Parts {
			text += p.Text
		}
		out = append(out, fmt.Sprintf("%d msg %s %s %s %s", m.Seq, m.ID, m.CID, role(m), text))
	}
	return out
}

// A thousand cuts, duplicates and reorders end in identical transcripts: on every tab, and with each message once.
func TestAThousandFaults(t *testing.T) {
	const conversations = 8
	want := *faultCount
	l := patient()
	l.Page, l.CloseGrace, l.ResumeMax = 5, 50*time.Millisecond, 1<<20
	w := start(t, l)
	var faults atomic.Int64
	w.desk.bus = &faultyBus{Bus: w.desk.bus, rnd: rand.New(rand.NewPCG(*seed, 0)), faults: &faults}
	var wg sync.WaitGroup
	for n := range conversations {
		wg.Go(func() { w.stress(uint64(n), &faults, want/conversations) })
	}
	wg.Wait()
	if faults.Load() < int64(want) {
		t.Fatalf("only %d faults", faults.Load())
	}
	t.Logf("seed %d: %d faults over %d conversations", *seed, faults.Load(), conversations)
}

// never: this connection ends by its cut.
func never() bool { return false }

// stress plays one conversation with two tabs until it has had its share of faults, then compares.
func (w *world) stress(n uint64, all *atomic.Int64, share int) {
	var mine atomic.Int64
	rnd := rand.New(rand.NewPCG(*seed, n+1))
	o := w.debtor(func(c jwt.MapClaims) { c["sub"] = fmt.Sprint("D-", n) })
	tabs := [2]*page{}
	for i := range tabs {
		tabs[i] = &page{w: w, o: o, rnd: rand.New(rand.NewPCG(*seed, 100*n+uint64(i))), faults: &mine}
	}
	said := []string{}
	for round := 0; int(mine.Load()) < share && round < 4*share; round++ {
		for i, p := range tabs {
			for range rnd.IntN(3) {
				cid := fmt.Sprintf("t%d-%d-%d", i, round, len(p.unsent))
				said = append(said, cid)
				p.unsent = append(p.unsent, cid)
			}
		}
		if rnd.IntN(3) == 0 {
			w.desk.reply(o.Conv)
		}
		budgets := [2]int64{300 + rnd.Int64N(3000), 300 + rnd.Int64N(3000)}
		polls := rnd.IntN(5) == 0
		var wg sync.WaitGroup
		for i, p := range tabs {
			wg.Go(func() {
				if polls {
					p.fallback()
				} else {
					p.connect(budgets[i], never)
				}
			})
		}
		wg.Wait()
	}
	all.Add(mine.Load())
	w.settle(tabs[:], said)
}

// settle lets both tabs catch up on a good connection and compares.
func (w *world) settle(tabs []*page, said []string) {
	conv := tabs[0].o.Conv
	for _, p := range tabs {
		for try := 0; try < 5 && (len(p.unsent) > 0 || len(p.rows) < len(w.transcript(conv))); try++ {
			p.connect(0, func() bool { return len(p.rows) >= len(w.transcript(conv)) })
		}
	}
	truth := w.transcript(conv)
	for i, p := range tabs {
		p.connect(0, func() bool { return len(p.rows) >= len(truth) })
		if !slices.Equal(p.rows, truth) {
			w.t.Errorf("tab %d of %s differs:\n%s\nwant\n%s", i, conv, strings.Join(p.rows, "\n"), strings.Join(truth, "\n"))
		}
	}
	count := map[string]int{}
	for _, l := range truth {
		count[strings.Fields(l)[3]]++
	}
	for _, cid := range said {
		if count[cid] != 1 {
			w.t.Errorf("%s stands %d times in the transcript", cid, count[cid])
		}
	}
}
