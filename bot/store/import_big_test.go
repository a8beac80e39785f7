package store

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"testing"
	"time"
)

func bigFile(tb testing.TB, bigRows int, asOf string, principal int) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "big.csv")
	f := must1(os.Create(path))(tb)
	w := bufio.NewWriter(f)
	_, _ = w.WriteString(testHead)
	for i := range bigRows {
		fmt.Fprintf(w, "Acme,A-%d,D-%d,客户%d,138%08d,,credit_card,CNY,%d.%02d,1.25,,,%s,2026-09-01,\n", i, i*9/10, i*9/10, i, principal+i, i%100, asOf)
	}
	must(tb, w.Flush())
	must(tb, f.Close())
	return path
}

// 100,000 rows go in within bounded memory, while the chat's writes still get through between the steps.
func TestImportBig(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	withStore(t, func(t *testing.T, s *Store) {
		bigRows := 100_000
		switch {
		case s.dialect == postgres:
			bigRows = 20_000 // the same statements; only the clock would learn more
		case raceOn:
			bigRows = 5_000 // races need interleaving, not size; .ci/run runs the full size without the detector
		}
		openConv(t, s, "c1")
		// What other tests of this process still hold is not the import's, and it lets the collector wait longer.
		defer debug.SetGCPercent(debug.SetGCPercent(20))
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		held := m.HeapAlloc
		var peak atomic.Uint64
		stop := make(chan struct{})
		watched := make(chan struct{})
		go func() {
			defer close(watched)
			var m runtime.MemStats
			for {
				select {
				case <-stop:
					return
				case <-time.After(20 * time.Millisecond):
					runtime.ReadMemStats(&m)
					peak.Store(max(peak.Load(), m.HeapAlloc))
				}
			}
		}()
		calls := 0
		progress := func(p ImportProgress) { calls++ }
		start := time.Now()
		rep := must1(s.Import(bg, bigFile(t, bigRows, "2026-11-01", 100), ImportOptions{Progress: progress}))(t)
		first := time.Since(start)
		if rep.Errors != 0 || rep.Accounts != int64(bigRows) || rep.Debtors != int64(bigRows*9/10) || rep.Entries != int64(2*bigRows) || calls < bigRows/1000 {
			t.Fatalf("%d calls, %+v", calls, rep)
		}
		start = time.Now()
		rep = must1(s.Import(bg, bigFile(t, bigRows, "2026-11-02", 101), ImportOptions{}))(t)
		if rep.Errors != 0 || rep.Known != int64(bigRows) || rep.Entries != int64(bigRows) {
			t.Fatalf("refresh %+v", rep)
		}
		close(stop)
		<-watched
		grown := int64(peak.Load()) - int64(held)
		t.Logf("first %v, refresh %v, the heap of %d MiB grew by %d", first.Round(time.Millisecond), time.Since(start).Round(time.Millisecond), held>>20, grown>>20)
		if grown > 100<<20 {
			t.Fatalf("the heap grew by %d MiB", grown>>20)
		}
	})
}
