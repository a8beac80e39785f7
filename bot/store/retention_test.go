package store

import (
	"strings"
	"testing"
	"time"

	"hejie/bot"
)

// keptFiles makes a debtor's conversation with two kept files and one that was refused.
func keptFiles(t *testing.T, s *Store) (cred, debtor string, a bot.Address) {
	t.Helper()
	cred, debtor, _ = addDebtor(t, s)
	smsIn(t, s, cred, knownPhone, 9, func(*bot.InboxCommit) {})
	a = smsIn(t, s, cred, knownPhone, 0, func(c *bot.InboxCommit) {
		c.Known, c.Media = debtor, []bot.Media{{Kind: "image", ID: "one"}, {Kind: "voice", ID: "two"}, {Kind: "image", ID: "three"}}
	})
	for i, j := range must1(s.ClaimFiles(bg, testNow.Add(time.Second), time.Minute, 10))(t) {
		f := bot.File{ID: j.ID, State: "kept", Mime: "image/png", Size: 4}
		if i == 2 {
			f = bot.File{ID: j.ID, State: "refused", Fault: "larger than we take"}
		}
		must(t, s.FinishFile(bg, f, []byte("body")[:f.Size], testNow))
	}
	return cred, debtor, a
}

var why = bot.DeletedBy{Rule: "proofs", Version: "v", Basis: "b"}

// What decides over a file is read as it stands, and an open case or a hold that came in between keeps it.
func TestWhatKeepsAFile(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		cred, debtor, a := keptFiles(t, s)
		later := testNow.Add(time.Hour)
		first := func() bot.FileAge {
			t.Helper()
			return must1(s.OldFiles(bg, later, bot.FileAge{}, 1))(t)[0]
		}
		f := first()
		if f.ConvID != a.ConvID || f.TalkMS == 0 || f.OpenCase || f.Held || f.Plan || f.CaseMS != 0 {
			t.Fatalf("%+v", f)
		}
		if more := must1(s.OldFiles(bg, later, f, 10))(t); len(more) != 1 || more[0].ID == f.ID {
			t.Errorf("%+v", more)
		}
		if none := must1(s.OldFiles(bg, testNow, bot.FileAge{}, 10))(t); len(none) != 0 {
			t.Errorf("%+v", none)
		}
		must(t, s.PlaceHold(bg, bot.HoldPut{CreditorID: cred, DebtorID: debtor, Reason: "dispute", Scope: "debtor", By: "agent:x"}))
		if f := first(); !f.Held || must1(s.DeleteFile(bg, f.ID, why, later))(t) {
			t.Errorf("under a hold: %+v", f)
		}
		must(t, s.LiftHold(bg, must1(s.HoldsStanding(bg, cred, debtor, 10))(t)[0].ID, "agent:x", "settled"))
		must(t, s.write(bg, func(x *tx) error {
			_, err := x.exec("case_put", "k1", a.ConvID, cred, debtor, "", "dispute", "", "", testNow.UnixMilli())
			return err
		}))
		if f := first(); !f.OpenCase || f.Held || must1(s.DeleteFile(bg, f.ID, why, later))(t) {
			t.Errorf("under an open case: %+v", f)
		}
		must(t, s.CloseCase(bg, cred, a.ConvID, "k1", "agent:x", "done"))
		if f := first(); f.OpenCase || f.CaseMS == 0 {
			t.Errorf("after it: %+v", f)
		}
	})
}

// A file is deleted once, for good, with a line in the audit.
func TestFilesAreDeleted(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		_, _, a := keptFiles(t, s)
		later := testNow.Add(time.Hour)
		id := must1(s.OldFiles(bg, later, bot.FileAge{}, 1))(t)[0].ID
		if !must1(s.DeleteFile(bg, id, why, later))(t) || must1(s.DeleteFile(bg, id, why, later))(t) {
			t.Error("once and not twice")
		}
		f, body, err := s.File(bg, id)
		if err != nil || f.State != "gone" || f.DeletedMS != later.UnixMilli() || !strings.Contains(f.Fault, "proofs") || body != nil {
			t.Errorf("%+v %q %v", f, body, err)
		}
		var left int
		must(t, s.readers.Get(&left, "SELECT count(*) FROM attachment WHERE state <> 'kept' AND (length(source) > 0 OR length(content) > 0)"))
		if left != 0 {
			t.Errorf("%d rows still hold something", left)
		}
		n := 0
		for _, l := range must1(s.Audit(bg, a.ConvID, 0, 1000))(t) {
			if l.Kind == "file_deleted" && strings.Contains(l.Detail, id) && strings.Contains(l.Detail, `"proofs"`) {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d audit lines", n)
		}
	})
}

// A refusal of before origins were kept gets the number it came from where the record leaves no doubt; where it does, an operator is told.
func TestOldRefusalsGetTheirOrigin(t *testing.T) {
	raw, err := migrationFS.ReadFile("migrations/0007_retention.sql")
	must(t, err)
	_, fill, ok := strings.Cut(string(raw), "UPDATE suppression")
	if !ok {
		t.Fatal("the step is gone")
	}
	withStore(t, func(t *testing.T, s *Store) {
		cred, debtor, _ := addDebtor(t, s)
		forget := func() {
			t.Helper()
			_, err := s.writer.Exec("UPDATE suppression SET origin = ''")
			must(t, err)
		}
		step := func() {
			t.Helper()
			_, err := s.writer.Exec("UPDATE suppression" + fill)
			must(t, err)
		}
		smsIn(t, s, cred, knownPhone, 9, func(*bot.InboxCommit) {})
		a := smsIn(t, s, cred, knownPhone, 0, func(c *bot.InboxCommit) { c.OptOut, c.Known = "STOP", debtor })
		forget()
		if must1(s.MayResume(bg, a))(t) || len(must1(s.StuckRefusals(bg, 10))(t)) != 1 {
			t.Fatal("a refusal without an origin can be taken back, or nobody is told of it")
		}
		step()
		if !must1(s.MayResume(bg, a))(t) || len(must1(s.StuckRefusals(bg, 10))(t)) != 0 {
			t.Fatal("the one number that refused cannot take it back")
		}
		b := smsIn(t, s, cred, "+8613900001111", 1, func(*bot.InboxCommit) {})
		must(t, s.write(bg, func(x *tx) error { // the same person from another number; the debtor's row is the first one's and theirs
			_, err := x.audit("opt_out", "debtor", b.ConvID, nil, nil)
			_, err2 := x.exec("address_adopt", b.ID, debtor)
			if err == nil {
				err = err2
			}
			return err
		}))
		forget()
		step()
		if must1(s.MayResume(bg, a))(t) {
			t.Error("what may have been refused from two numbers was taken back from one")
		}
	})
}
