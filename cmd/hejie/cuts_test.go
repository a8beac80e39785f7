package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"
)

// cutFaults is how many cuts, doubles and replays one run does at least.
const cutFaults = 300

// mishap is a client whose line keeps failing and that does what clients must: resume, and send again what was not acked.
type mishap struct {
	*chatTab
	rnd    *rand.Rand
	texts  map[string]string // cid -> words, all that was ever sent
	cids   []string
	acked  map[string]int64
	faults int
}

// TestNoCutLosesOrDoublesAnything: whatever the line does, every tab ends with the same transcript, and it is the stored one.
func TestNoCutLosesOrDoublesAnything(t *testing.T) {
	const seed = 20261202
	s := startSite(t, "", nil)
	calm := s.openTab(s.signIn("d-zhangwei"))
	m := &mishap{
		chatTab: s.openTab(s.signIn("d-zhangwei")), rnd: rand.New(rand.NewPCG(seed, 1)),
		texts: map[string]string{}, acked: map[string]int64{},
	}
	for end := time.Now().Add(patience); m.faults < cutFaults; {
		if time.Now().After(end) {
			t.Fatalf("only %d faults in %s", m.faults, patience)
		}
		m.step()
	}
	m.resend()
	m.catchUp()
	calm.catchUp()
	fresh := s.openTab(s.signIn("d-zhangwei"))
	fresh.catchUp()
	sameLog(t, calm, m.chatTab)
	sameLog(t, calm, fresh)
	m.checkStored()
	s.auditHolds()
}

// step does one random thing that a bad line does.
func (m *mishap) step() {
	m.t.Helper()
	m.s.clock.push(4 * time.Second)
	switch k := m.rnd.IntN(10); {
	case k < 2: // words that arrive
		m.write()
		m.readSome()
	case k < 4: // words sent into a line that breaks at once
		m.write()
		m.cut()
		m.resend()
	case k < 6 && len(m.cids) > 0: // the same words again
		cid := m.cids[m.rnd.IntN(len(m.cids))]
		m.put(cid)
		m.faults++
	case k < 7 && len(m.log) > 0: // hear old rows again
		m.send("sync", map[string]any{"from": 1 + m.rnd.IntN(len(m.log))})
		m.faults++
	default:
		m.readSome()
		m.cut()
	}
}

func (m *mishap) write() {
	cid := uuid.NewString()
	m.texts[cid] = fmt.Sprintf("第%d次问好", len(m.cids))
	m.cids = append(m.cids, cid)
	m.put(cid)
}

func (m *mishap) put(cid string) {
	// A line that is down shows at the next read; what was not acked is sent again then.
	_, _ = m.trySend("msg", map[string]any{"cid": cid, "kind": "text", "text": m.texts[cid]})
}

// cut drops the connection without a goodbye, takes in what had arrived, and resumes.
func (m *mishap) cut() {
	m.t.Helper()
	_ = m.ws.UnderlyingConn().Close()
	m.faults++
	for {
		if f, ok := m.next(); !ok {
			break
		} else {
			m.note(f)
		}
	}
	m.connect()
	if m.welcome.Resume == "gap" || m.welcome.Resume == "reset" {
		m.t.Fatalf("resume after %d of %d: %s", len(m.log), m.welcome.HeadSeq, m.welcome.Resume)
	}
}

// readSome takes what has arrived already, without waiting for more.
func (m *mishap) readSome() {
	for len(m.in) > 0 {
		f, ok := m.next()
		if !ok {
			return
		}
		m.note(f)
	}
}

// note keeps acks; an ack that contradicts an earlier one is a fault.
func (m *mishap) note(f chatFrame) {
	m.t.Helper()
	if f.T == "error" {
		m.t.Fatalf("the server objects: %s", f.raw)
	}
	if f.T != "ack" {
		return
	}
	var a struct {
		CID string `json:"cid"`
		Seq int64  `json:"seq"`
	}
	if err := json.Unmarshal(f.P, &a); err != nil {
		m.t.Fatal(err)
	}
	if was, ok := m.acked[a.CID]; ok && was != a.Seq {
		m.t.Fatalf("%s was acked as %d and as %d", a.CID, was, a.Seq)
	}
	m.acked[a.CID] = a.Seq
}

// resend sends again, in order, all that was not acked, and waits for the acks: what every client does after a welcome.
func (m *mishap) resend() {
	m.t.Helper()
	for _, cid := range m.cids {
		if m.acked[cid] > 0 {
			continue
		}
		m.s.clock.push(4 * time.Second)
		m.put(cid)
		for m.acked[cid] == 0 {
			f, ok := m.next()
			if !ok {
				m.t.Fatal("the line broke by itself")
			}
			m.note(f)
		}
	}
}

// checkStored: each message once, at the seq its ack named, and the rows are gapless.
func (m *mishap) checkStored() {
	m.t.Helper()
	rows := m.s.rows(m.ses.Conv)
	if len(rows) != len(m.log) {
		m.t.Fatalf("%d rows, %d frames", len(rows), len(m.log))
	}
	seen := map[string]bool{}
	for i, r := range rows {
		if r.Seq != int64(i)+1 {
			m.t.Fatalf("row %d has seq %d", i+1, r.Seq)
		}
		if r.Direction != "in" {
			continue
		}
		if seen[r.CID] || m.acked[r.CID] != r.Seq || m.texts[r.CID] != r.Text {
			m.t.Errorf("row %d: cid %s, text %q, acked as %d", r.Seq, r.CID, r.Text, m.acked[r.CID])
		}
		seen[r.CID] = true
	}
	if len(seen) != len(m.cids) {
		m.t.Errorf("%d messages stored of %d", len(seen), len(m.cids))
	}
}
