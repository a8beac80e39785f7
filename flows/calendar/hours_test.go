package calendar

import (
	"testing"
	"time"
	_ "time/tzdata" // a bare machine has no zone files

	"pgregory.net/rapid"
)

var china = time.FixedZone("CST", 8*3600)

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, china)
	if err != nil {
		panic(err)
	}
	return t
}

func TestQuietHours(t *testing.T) {
	tests := []struct{ where, now, next string }{
		{"CN", "2026-12-02 21:59", "2026-12-02 21:59"},
		{"CN", "2026-12-02 22:00", "2026-12-03 08:00"},
		{"CN", "2026-12-03 00:00", "2026-12-03 08:00"},
		{"CN", "2026-12-03 07:59", "2026-12-03 08:00"},
		{"CN", "2026-12-03 08:00", "2026-12-03 08:00"},
		{"US", "2026-12-02 21:00", "2026-12-03 08:00"},
		{"UK", "2026-12-02 20:59", "2026-12-02 20:59"},
		{"XX", "2026-12-03 08:30", "2026-12-03 09:00"}, // not listed: the strictest
	}
	for _, tt := range tests {
		q, err := QuietFor(tt.where)
		if err != nil {
			t.Fatal(err)
		}
		if got := q.Next(at(tt.now), china); !got.Equal(at(tt.next)) {
			t.Errorf("%s at %s: next %s, want %s", tt.where, tt.now, got.In(china), tt.next)
		}
		if got := q.Allows(at(tt.now), china); got != (tt.now == tt.next) {
			t.Errorf("%s at %s: allowed %v", tt.where, tt.now, got)
		}
	}
}

func TestQuietHoursFollowTheZone(t *testing.T) {
	q, err := QuietFor("US")
	if err != nil {
		t.Fatal(err)
	}
	eastern, pacific := time.FixedZone("EST", -5*3600), time.FixedZone("PST", -8*3600)
	now := time.Date(2026, 12, 2, 14, 0, 0, 0, time.UTC) // 9:00 in the east, 6:00 in the west
	if !q.Allows(now, eastern) || q.Allows(now, pacific) || q.AllowsIn(now, eastern, pacific) || !q.AllowsIn(now, eastern) {
		t.Error("both candidate zones must be awake")
	}
	if q.AllowsIn(now) {
		t.Error("no zone known is not a yes")
	}
}

func TestQuietNextIsAllowed(t *testing.T) {
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		q := Quiet{From: Clock(rapid.IntRange(0, 1439).Draw(t, "from")), To: Clock(rapid.IntRange(0, 1439).Draw(t, "to"))}
		now := at("2026-01-01 00:00").Add(time.Duration(rapid.IntRange(0, 366*24*60).Draw(t, "now")) * time.Minute)
		zone := rapid.SampledFrom([]*time.Location{china, newYork, nil}).Draw(t, "zone")
		next := q.Next(now, zone)
		if next.Before(now) || !q.Allows(next, zone) || next.Sub(now) > 26*time.Hour {
			t.Fatalf("%s-%s at %s: next %s", q.From, q.To, now, next)
		}
	})
}

func TestHours(t *testing.T) {
	h, err := ParseHours("09:00-18:00")
	if err != nil || h.String() != "09:00-18:00" {
		t.Fatalf("%v %v", h, err)
	}
	for now, open := range map[string]bool{"2026-12-02 08:59": false, "2026-12-02 09:00": true, "2026-12-02 17:59": true, "2026-12-02 18:00": false} {
		if h.Contains(at(now), china) != open {
			t.Errorf("at %s open is not %v", now, open)
		}
	}
	for _, s := range []string{"", "9-18", "09:00", "25:00-26:00", "09:00-18:60", "9:00-18:00", "09:00–18:00"} {
		if h, err := ParseHours(s); err == nil {
			t.Errorf("%q is read as %s", s, h)
		}
	}
	if _, ok := (Hours{540, 540}).Next(at("2026-12-02 09:00"), china); ok {
		t.Error("an empty span has a next time")
	}
	if all, err := ParseHours("00:00-24:00"); err != nil || !all.Contains(at("2026-12-02 23:59"), china) {
		t.Errorf("the whole day: %v", err)
	}
}

func TestDesk(t *testing.T) {
	h, err := ParseHours("09:00-18:00")
	if err != nil {
		t.Fatal(err)
	}
	desk := Desk{Hours: h, Zone: china, Jurisdiction: "CN", Workdays: true}
	tests := []struct {
		now, opens string
		known      bool
	}{
		{"2026-12-02 10:00", "2026-12-02 10:00", true},
		{"2026-12-04 18:00", "2026-12-07 09:00", true},  // Friday evening
		{"2026-09-30 20:00", "2026-10-08 09:00", true},  // over the national holiday
		{"2026-02-14 08:00", "2026-02-14 09:00", true},  // a worked Saturday
		{"2026-02-14 19:00", "2026-02-24 09:00", true},  // over the spring festival
		{"2026-12-31 19:00", "2027-01-01 09:00", false}, // nobody has entered 2027: said, not guessed
	}
	for _, tt := range tests {
		got, known, ok, err := desk.OpensAt(at(tt.now))
		if err != nil || !ok || known != tt.known || !got.Equal(at(tt.opens)) {
			t.Errorf("at %s: opens %s known %v ok %v %v", tt.now, got.In(china), known, ok, err)
		}
		open, err := desk.Open(at(tt.now))
		if err != nil || open != (tt.now == tt.opens) {
			t.Errorf("at %s: open %v %v", tt.now, open, err)
		}
	}
	desk.Workdays = false
	if open, _ := desk.Open(at("2026-12-05 10:00")); !open {
		t.Error("a desk without workdays is open on Saturday")
	}
	desk.Hours = Hours{}
	if _, _, ok, _ := desk.OpensAt(at("2026-12-05 10:00")); ok {
		t.Error("a desk without hours opens")
	}
}
