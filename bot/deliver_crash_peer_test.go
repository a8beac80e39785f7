package bot_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"hejie/bot"
)

type peerText struct {
	Key, Conv, Channel, Text string
	Seq                      int64
}

// peer is the vendor: on wecom it drops doubles of one key, on sms it takes what it gets. Now and then it is busy, or its answer is lost.
type peer struct {
	mu    sync.Mutex
	rnd   *rand.Rand
	got   map[string]int // by key, how often it arrived
	took  []peerText     // first arrivals, in order
	calm  bool
	texts map[string]string
}

func (p *peer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var t peerText
	if json.NewDecoder(r.Body).Decode(&t) != nil {
		http.Error(w, "", http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	mood := p.rnd.IntN(100)
	if p.calm {
		mood = 100
	}
	if mood < 8 {
		p.mu.Unlock()
		http.Error(w, "busy", http.StatusServiceUnavailable)
		return
	}
	if p.got[t.Key]++; p.got[t.Key] == 1 {
		p.took = append(p.took, t)
		p.texts[t.Key] = t.Text
	} else if p.texts[t.Key] != t.Text {
		p.texts[t.Key] = "CHANGED"
	}
	p.mu.Unlock()
	if mood < 16 {
		panic(http.ErrAbortHandler) // taken, and the answer is lost
	}
	time.Sleep(time.Duration(mood%10) * time.Millisecond)
}

// person writes on, and repeats what was not acknowledged, as a vendor does.
type person struct {
	channel, from string
	acked         []string
}

func (p *person) write(s *crashSite, client *http.Client, seed uint64, stop <-chan struct{}) {
	rnd := rand.New(rand.NewPCG(seed, 1))
	for n := 0; ; n++ {
		text := fmt.Sprintf("%s 第%d条 %s", []string{"谢谢", "我一共欠多少", "会坐牢吗", "想分期"}[rnd.IntN(4)], n, p.from)
		in, _ := json.Marshal(bot.Arrival{Channel: p.channel, Account: "main", ExtID: fmt.Sprint(p.from, "-", n), From: p.from, At: time.Now(), Kind: "text", Text: text,
			Grant: &bot.Grant{Until: time.Now().Add(48 * time.Hour)}})
		for {
			res, err := client.Post(s.node(rnd), "application/json", bytes.NewReader(in))
			if err == nil {
				_ = res.Body.Close()
				if res.StatusCode == http.StatusOK {
					p.acked = append(p.acked, text)
					break
				}
			}
			select {
			case <-stop:
				return // not acknowledged: it may or may not be there
			case <-time.After(20 * time.Millisecond):
			}
		}
		select {
		case <-stop:
			return
		case <-time.After(time.Duration(rnd.IntN(500)) * time.Millisecond):
		}
	}
}
