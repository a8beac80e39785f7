package store

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"hejie/flows/arrange"
	"hejie/flows/ledger"
)

const testHead = "creditor,account_no,debtor_id,name,phone,id_no,debt_type,currency,principal,interest,penalty,fees,as_of,due_date,last_payment_on\n"

func importText(t *testing.T, s *Store, text string, opts ImportOptions) ImportReport {
	t.Helper()
	path := filepath.Join(t.TempDir(), "p.csv")
	must(t, os.WriteFile(path, []byte(text), 0o600))
	return must1(s.Import(bg, path, opts))(t)
}

func count(t *testing.T, s *Store, table string) (n int) {
	t.Helper()
	must(t, s.readers.Get(&n, "SELECT count(*) FROM "+table))
	return n
}

func TestImportLoadsAndRefreshes(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		row := func(principal, interest, asOf, paidOn string) string {
			return "\ufeff" + testHead + fmt.Sprintf("Acme Bank,A-1,D-1,王芳,+86 138-0000-4417,110101********001x,credit_card,cny,\"%s\",%s,,,%s,2026/9/1,%s\n", principal, interest, asOf, paidOn)
		}
		first := importText(t, s, row("1,000.50", "20", "2026-10-01", ""), ImportOptions{})
		if first.Errors != 0 || first.Rows != 1 || first.Creditors != 1 || first.Debtors != 1 || first.Accounts != 1 || first.Known != 0 || first.Entries != 2 {
			t.Fatalf("first %+v", first)
		}
		tenant := must1(s.TenantByName(bg, "Acme Bank"))(t)
		if tenant.Profile != "FI" || len(tenant.HostSecret) != 32 {
			t.Fatalf("tenant %+v", tenant)
		}
		found := must1(s.FindDebtors(bg, tenant.ID, "王芳", "4417", "001x"))(t)
		if len(found) != 1 || found[0].Ref != "D-1" || found[0].IDLast4 != "001X" {
			t.Fatalf("found %+v", found)
		}
		if none := must1(s.FindDebtors(bg, tenant.ID, "王芳", "4418", ""))(t); len(none) != 0 {
			t.Fatalf("a wrong factor found %+v", none)
		}
		if none := must1(s.FindDebtors(bg, tenant.ID, "", "", ""))(t); len(none) != 0 {
			t.Fatalf("no factor found %+v", none)
		}
		balance := func() (ledger.Balance, []ledger.Entry) {
			t.Helper()
			a := must1(s.CaseFile(bg, tenant.ID, found[0].ID))(t).Accounts[0]
			return a.Balance, a.Entries
		}
		b, entries := balance()
		if b.Principal != 100050 || b.Interest != 2000 || b.AsOf.String() != "2026-10-01" || len(entries) != 2 {
			t.Fatalf("balance %+v, entries %+v", b, entries)
		}
		// The same file again changes nothing.
		if again := importText(t, s, row("1,000.50", "20", "2026-10-01", ""), ImportOptions{}); again.Entries != 0 || again.Known != 1 || again.Accounts != 0 || again.Debtors != 0 {
			t.Fatalf("again %+v", again)
		}
		// More interest, less principal with a day of payment: a correction and a payment, nothing overwritten.
		importText(t, s, row("900.50", "25.01", "2026-11-01", "2026-10-15"), ImportOptions{})
		b, entries = balance()
		if b.Principal != 90050 || b.Interest != 2501 || len(entries) != 4 || b.AsOf.String() != "2026-11-01" {
			t.Fatalf("balance %+v, entries %+v", b, entries)
		}
		kinds := map[ledger.EntryKind]ledger.Amount{}
		for _, e := range entries[2:] {
			kinds[e.Kind] = e.Amount
		}
		if kinds[ledger.Payment] != 10000 || kinds[ledger.Adjust] != 501 {
			t.Fatalf("kinds %v", kinds)
		}
		// Less owed without a payment is a correction.
		importText(t, s, row("900.50", "0", "2026-11-02", "2026-10-15"), ImportOptions{})
		if b, entries = balance(); b.Interest != 0 || entries[len(entries)-1].Kind != ledger.Adjust {
			t.Fatalf("balance %+v, entries %+v", b, entries)
		}
		if n := count(t, s, "import_row"); n != 0 {
			t.Fatalf("%d staged rows left", n)
		}
	})
}

func TestImportErrorsAreExactAndNothingIsLoaded(t *testing.T) {
	good := "Acme,A-%d,D-%d,王芳,13800004417,,credit_card,CNY,10,,,,2026-11-01,,\n"
	withStore(t, func(t *testing.T, s *Store) {
		importText(t, s, testHead+"Acme,A-99,D-99,李四,,,tax,CNY,5,,,,2026-11-10,,\n", ImportOptions{})
		text := testHead + fmt.Sprintf(good, 1, 1) + // row 2
			"Acme,A-2,D-2,王芳,13800004417,,credit_card,CNY,10.005,,,,2026-11-01,,\n" + // 3
			"Acme,A-3,D-3,王芳,12,,gambling,RMBY,-1,1e3,1.,,2026-02-30,x,\n" + // 4
			"Acme,,D-4,,,12,credit_card,CNY,,,,,2027-11-01,,\n" + // 5
			fmt.Sprintf(good, 1, 5) + // 6: account twice
			"Acme,A-7,D-1,张三,,,credit_card,CNY,1,,,,2026-11-01,,\n" + // 7: other name
			"Acme,A-99,D-98,李四,,,tax,CNY,5,,,,2026-11-10,,\n" + // 8: moved
			"\n" +
			"Acme,A-10,D-10,王芳,,,credit_card,CNY,\"10,00\",,,,2026-11-01,2026-13-01,2026-11-02,surplus\n" + // 10
			"Acme,A-11,D-11,王\"芳,,,credit_card,CNY,1,,,,2026-11-01,,\n" // 11
		rep := importText(t, s, text, ImportOptions{})
		got := []string{}
		for _, e := range rep.Listed {
			got = append(got, fmt.Sprintf("%d %s", e.Row, e.Column))
			if e.What == "" {
				t.Errorf("%+v says nothing", e)
			}
		}
		want := []string{"3 principal", "4 debt_type", "4 currency", "4 principal", "4 interest", "4 penalty", "4 as_of", "4 due_date", "4 phone",
			"5 account_no", "5 name", "5 principal", "5 id_no", "10 ", "10 principal", "10 due_date", "11 ", "6 account_no", "7 name", "8 debtor_id"}
		if !slices.Equal(got, want) || rep.Errors != int64(len(want)) {
			t.Fatalf("got %q\nwant %q (%d counted)", got, want, rep.Errors)
		}
		if n := count(t, s, "account"); n != 1 {
			t.Fatalf("%d accounts: something was loaded", n)
		}
		if n := count(t, s, "import_row"); n != 0 {
			t.Fatalf("%d staged rows left", n)
		}
		few := importText(t, s, text, ImportOptions{ListMax: 3})
		if len(few.Listed) != 3 || few.Errors != int64(len(want)) {
			t.Fatalf("%d listed, %d counted", len(few.Listed), few.Errors)
		}
		older := importText(t, s, testHead+"Acme,A-99,D-99,李四,,,tax,USD,5,,,,2026-11-09,,\n", ImportOptions{})
		if older.Errors != 2 || older.Listed[0].Column != "as_of" || older.Listed[1].Column != "currency" {
			t.Fatalf("older %+v", older)
		}
		future := importText(t, s, testHead+"Acme,A-5,D-5,李四,,,tax,CNY,5,,,,2026-12-01,,2026-12-02\n", ImportOptions{})
		if future.Errors != 2 || future.Listed[0].Column != "as_of" || future.Listed[1].Column != "last_payment_on" {
			t.Fatalf("future %+v", future)
		}
	})
}

func TestImportHeading(t *testing.T) {
	s := open(t, "")
	for text, want := range map[string]string{
		"creditor,account_no,debtor_id,name,debt_type,currency,as_of\n":                          "principal",
		"creditor,account_no,debtor_id,name,debt_type,currency,as_of,principal,fee\n":            "fee",
		"creditor,account_no,debtor_id,name,debt_type,currency,as_of,principal,Principal\n":      "principal",
		"Creditor, Account_No ,debtor_id,name,debt_type,currency,as_of,principal\n":              "",
		"creditor;account_no;debtor_id;name;debt_type;currency;as_of;principal\nA;1;1;x;y;z;w;1": "creditor;account_no;debtor_id;name;debt_type;currency;as_of;principal",
	} {
		rep := importText(t, s, text, ImportOptions{})
		if want == "" && rep.Errors != 0 || want != "" && (rep.Errors == 0 || rep.Listed[0].Column != want) {
			t.Errorf("%q: %+v", text, rep)
		}
	}
	for name, text := range map[string]string{"empty.csv": "", "gbk.csv": testHead + "\xb0\xa1,1\n", "x.xls": "x", "y.xlsx": "no zip"} {
		path := filepath.Join(t.TempDir(), name)
		must(t, os.WriteFile(path, []byte(text), 0o600))
		if _, err := s.Import(bg, path, ImportOptions{}); err == nil {
			t.Errorf("%s was read", name)
		}
	}
	if _, err := s.Import(bg, "/nowhere/x.csv", ImportOptions{}); err == nil {
		t.Error("a missing file was read")
	}
}

func TestImportDryRun(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		text := testHead + "Acme,A-1,D-1,王芳,,,credit_card,CNY,10,5,,,2026-11-01,,\n"
		rep := importText(t, s, text, ImportOptions{DryRun: true})
		if rep.Errors != 0 || rep.Accounts != 1 || rep.Debtors != 1 || rep.Entries != 2 || rep.Creditors != 1 {
			t.Fatalf("got %+v", rep)
		}
		for _, table := range []string{"creditor", "debtor", "account", "entry", "import_row", "audit"} {
			if n := count(t, s, table); n != 0 {
				t.Errorf("%d rows in %s", n, table)
			}
		}
		importText(t, s, text, ImportOptions{})
		if lines := must1(s.Audit(bg, "", 0, 9))(t); len(lines) != 2 || lines[1].Kind != "import" || !strings.Contains(lines[1].Detail, rep.SHA256) {
			t.Fatalf("audit %+v", lines)
		}
	})
}

func TestImportSheet(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		book := excelize.NewFile()
		defer book.Close()
		sheet := book.GetSheetName(0)
		must(t, book.SetSheetRow(sheet, "A1", &[]any{"creditor", "account_no", "debtor_id", "name", "phone", "debt_type", "currency", "principal", "interest", "as_of", "due_date", "annual_rate", "reports_credit"}))
		day := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
		must(t, book.SetSheetRow(sheet, "A2", &[]any{"Acme", "A-1", "D-1", "王芳", "13800004417", "medical", "CNY", 0.305, 1234.56, day, "2026-10-01", 18.25, true}))
		must(t, book.SetSheetRow(sheet, "A3", &[]any{"Acme", "A-2", "D-1", "王芳", 13800004417, "medical", "CNY", "1,234.50", "", "2026/11/1", day, "", false}))
		path := filepath.Join(t.TempDir(), "p.xlsx")
		must(t, book.SaveAs(path))
		rep := must1(s.Import(bg, path, ImportOptions{}))(t)
		if rep.Errors != 1 || rep.Listed[0].Row != 2 || rep.Listed[0].Column != "principal" {
			t.Fatalf("0.305 is no amount: %+v", rep)
		}
		must(t, book.SetCellValue(sheet, "H2", 1234.1))
		must(t, book.SaveAs(path))
		if rep = must1(s.Import(bg, path, ImportOptions{}))(t); rep.Errors != 0 || rep.Accounts != 2 || rep.Debtors != 1 {
			t.Fatalf("got %+v", rep)
		}
		tenant := must1(s.TenantByName(bg, "Acme"))(t)
		d := must1(s.DebtorByRef(bg, tenant.ID, "D-1"))(t)
		for _, a := range must1(s.CaseFile(bg, tenant.ID, d.ID))(t).Accounts {
			switch a.No {
			case "A-1":
				if a.Balance.Principal != 123410 || a.Balance.Interest != 123456 || a.AnnualRate != 18.25 || !a.ReportsCredit || a.DueOn.String() != "2026-10-01" {
					t.Fatalf("got %+v", a)
				}
			case "A-2":
				if a.Balance.Principal != 123450 || a.DueOn.String() != "2026-11-01" || a.Balance.AsOf.String() != "2026-11-01" || a.ReportsCredit {
					t.Fatalf("got %+v", a)
				}
			}
		}
	})
}

func TestCaseFileDerivesStageAndDays(t *testing.T) {
	withStore(t, func(t *testing.T, s *Store) {
		cred, debtor, _ := addDebtor(t, s)
		a := must1(s.CaseFile(bg, cred, debtor))(t).Accounts[0]
		// due 2026-09-18, now 2026-11-20; the file said d31-90 and that is still so
		if a.DaysPastDue != 63 || a.Stage != "d31-90" || a.Balance.Total() != 1062049 || a.DailyInterest != 500 || a.AnnualRate != 18.25 {
			t.Fatalf("got %+v", a.Account)
		}
		s.now = func() time.Time { return testNow.AddDate(0, 0, 40) }
		if a := must1(s.CaseFile(bg, cred, debtor))(t).Accounts[0]; a.DaysPastDue != 103 || a.Stage != "d90+" {
			t.Fatalf("later: %+v", a.Account)
		}
		if cf := must1(s.CaseFile(bg, cred, ""))(t); cf.Creditor.Name != "Acme Bank" || len(cf.Accounts) != 0 {
			t.Fatalf("creditor only: %+v", cf)
		}
		if _, err := s.CaseFile(bg, cred, "nobody"); err == nil {
			t.Fatal("nobody has a case file")
		}
	})
	for _, tc := range []struct {
		stored string
		days   int
		owed   ledger.Amount
		want   string
	}{{"sued", 5, 1, "sued"}, {"judgment", 500, 1, "judgment"}, {"", 1, 1, "d1-30"}, {"", 30, 1, "d1-30"}, {"", 31, 1, "d31-90"}, {"d90+", 90, 1, "d31-90"},
		{"d1-30", 91, 1, "d90+"}, {"d1-30", 50, 0, "settled"}, {"settled", 50, 1, "settled"}, {"", 0, 1, ""}} {
		if got := stageNow(tc.stored, tc.days, tc.owed); got != tc.want {
			t.Errorf("%+v: %q", tc, got)
		}
	}
}

func TestPlanProgress(t *testing.T) {
	rows := []arrange.Instalment{{N: 1, Amount: 100}, {N: 2, Amount: 100}, {N: 3, Amount: 101}}
	for paid, want := range map[ledger.Amount]int{0: 0, 99: 0, 100: 1, 299: 2, 301: 3, 999: 3} {
		if n, _, _ := progress(rows, paid); n != want {
			t.Errorf("%d paid: %d instalments, want %d", paid, n, want)
		}
	}
}
