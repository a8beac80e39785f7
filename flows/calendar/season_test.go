package calendar

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestRoll(t *testing.T) {
	for _, tt := range []struct {
		r       Roll
		on, out string
		known   bool
	}{
		{RollFollowing, "2026-10-01", "2026-10-08", true},
		{RollPreceding, "2026-10-03", "2026-09-30", true},
		{RollFollowing, "2026-10-10", "2026-10-10", true}, // a worked Saturday
		{RollFollowing, "2026-12-05", "2026-12-07", true},
		{RollNone, "2026-10-01", "2026-10-01", true},
		{"", "2027-01-02", "2027-01-02", true},
		{RollFollowing, "2027-01-02", "2027-01-04", false}, // nobody has entered 2027
	} {
		got, known, err := tt.r.Move("CN", day(tt.on))
		if err != nil || got != day(tt.out) || known != tt.known {
			t.Errorf("%s %s: %s known %v %v", tt.r, tt.on, got, known, err)
		}
	}
	if Roll("modified").Valid() == nil {
		t.Error("another word is accepted")
	}
}

func november(spread int) Season {
	return Season{Name: "november stop", Kind: Moratorium, From: MonthDay{11, 1}, To: MonthDay{11, 30}, SpreadDays: spread}
}

func TestSeasons(t *testing.T) {
	winter := Season{Name: "winter", Kind: SoftMonth, From: MonthDay{12, 20}, To: MonthDay{2, 10}}
	for d, want := range map[string]int{"2026-11-01": 1, "2026-11-30": 1, "2026-12-01": 0, "2026-12-31": 1, "2027-02-10": 1, "2027-02-11": 0} {
		if got := Seasons([]Season{november(0), winter}, day(d)); len(got) != want {
			t.Errorf("%s: %v", d, got)
		}
	}
	for name, bad := range map[string]Season{
		"no name": {Kind: SoftMonth, From: MonthDay{1, 1}, To: MonthDay{1, 2}}, "kind": {Name: "x", Kind: "stop", From: MonthDay{1, 1}, To: MonthDay{1, 2}},
		"no end": {Name: "x", Kind: SoftMonth, From: MonthDay{1, 1}}, "spread": {Name: "x", Kind: SoftMonth, From: MonthDay{1, 1}, To: MonthDay{1, 2}, SpreadDays: 999},
	} {
		if bad.Valid() == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	var m MonthDay
	if m.UnmarshalText([]byte("13-01")) == nil || m.UnmarshalText([]byte("02-29")) != nil {
		t.Error("days of the year are read wrongly")
	}
}

// TestResumptionIsSpread: nobody is written to in the stop, everybody within the spread after it, and not all on one day.
func TestResumptionIsSpread(t *testing.T) {
	seen := map[Date]int{}
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.StringMatching(`[a-z0-9]{8}`).Draw(t, "key")
		d := day("2026-10-20").AddDays(rapid.IntRange(0, 60).Draw(t, "day"))
		got := Proactive([]Season{november(7)}, d, key)
		if got.Before(d) || got.Month == 11 || got.After(day("2026-12-07")) && got != d {
			t.Fatalf("%s is moved to %s", d, got)
		}
		if again := Proactive([]Season{november(7)}, got, key); again != got {
			t.Fatalf("the day found is moved again: %s to %s", got, again)
		}
		if d.Month == 11 {
			seen[got]++
		}
	})
	if len(seen) < 5 {
		t.Errorf("resumed on %v", seen)
	}
}

func TestWindow(t *testing.T) {
	q, err := QuietFor("CN")
	if err != nil {
		t.Fatal(err)
	}
	w := Window{Quiet: q, Zones: []*time.Location{china}, Wishes: Wishes{Hours: []Hours{{18 * 60, 23 * 60}}, NotOn: []time.Weekday{time.Sunday}}}
	for now, want := range map[string]string{
		"2026-12-02 19:00": "2026-12-02 19:00",
		"2026-12-02 22:30": "2026-12-03 18:00", // inside the wish, but quiet
		"2026-12-02 10:10": "2026-12-02 18:00",
		"2026-12-05 22:00": "2026-12-07 18:00", // Sunday is not wished
	} {
		if got, ok := w.Next(at(now)); !ok || !got.Equal(at(want)) {
			t.Errorf("%s: %s %v, want %s", now, got.In(china), ok, want)
		}
	}
	w.Wishes.Hours = []Hours{{2 * 60, 3 * 60}} // only in the quiet hours
	if at, ok := w.Next(at("2026-12-02 10:00")); ok {
		t.Errorf("a time that is never allowed: %s", at)
	}
	if (Window{Quiet: q}).Allows(at("2026-12-02 10:00")) {
		t.Error("no zone known is not a yes")
	}
}

func TestZones(t *testing.T) {
	names, err := zoneNames()
	if err != nil {
		t.Fatal(err)
	}
	for j := range names { // every name in the file must exist
		if zones, err := ZonesFor(j, ""); err != nil || len(zones) == 0 {
			t.Errorf("%s: %v", j, err)
		}
	}
	q, err := QuietFor("US")
	if err != nil {
		t.Fatal(err)
	}
	all, err := ZonesFor("US", "")
	if err != nil {
		t.Fatal(err)
	}
	nine := time.Date(2026, 12, 2, 14, 0, 0, 0, time.UTC) // nine in New York, four in Honolulu
	known, err := ZonesFor("US", "America/New_York")
	if err != nil || (Window{Quiet: q, Zones: all}).Allows(nine) || !(Window{Quiet: q, Zones: known}).Allows(nine) {
		t.Errorf("candidate zones: %v", err)
	}
	if z, err := ZonesFor("XX", ""); err != nil || len(z) != 0 {
		t.Errorf("%v %v", z, err)
	}
	if _, err := ZonesFor("CN", "Mars/Olympus"); err == nil {
		t.Error("a zone that does not exist")
	}
}
