package text

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

var (
	testZone = time.FixedZone("UTC+8", 8*3600)
	// testNow is a Saturday.
	testNow = time.Date(2026, 11, 21, 10, 0, 0, 0, testZone)
)

type figureCase struct {
	Say      string   `yaml:"say"`
	Lang     string   `yaml:"lang"`
	Currency string   `yaml:"currency"`
	Debtor   bool     `yaml:"debtor"`
	Figures  []string `yaml:"figures"`
}

func figureCases(t testing.TB) []figureCase {
	t.Helper()
	raw, err := os.ReadFile("testdata/figures.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var all []figureCase
	if err := yaml.UnmarshalWithOptions(raw, &all, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	return all
}

// told writes a figure as the golden file does: kind, value, the words it stands for.
func told(f Figure) string {
	v := ""
	span := func(a, b int64) string {
		if f.Range {
			return fmt.Sprintf("%d..%d", f.Min, f.Max)
		}
		return fmt.Sprint(a)
	}
	switch f.Kind {
	case FigMoney:
		v = span(f.Minor, 0)
		if f.Currency != "CNY" {
			v += " " + f.Currency
		}
	case FigPercent:
		v = strings.TrimSpace(span(f.PPM, 0) + " " + f.Per)
	case FigDate:
		v = f.Date.String()
	case FigRange:
		v = f.Date.String() + ".." + f.DateEnd.String()
	case FigDuration:
		v = f.Duration
		if f.Range {
			v += ".." + f.DurationMax
		}
		if f.Rel == RelWithin {
			v += " to " + f.DateEnd.String()
		}
	case FigDay, FigCount:
		v = span(f.Count, 0)
	case FigNumber:
		v = span(f.Micro, 0)
		if f.Ordinal {
			v = "#" + fmt.Sprint(f.Count)
		}
	case FigPhone, FigIDCard, FigBankCard:
		v = f.Digits
	}
	return strings.Join(strings.Fields(fmt.Sprintf("%s %s", f.Kind, v)), " ") + " = " + f.Text
}

func TestFiguresGolden(t *testing.T) {
	for _, c := range figureCases(t) {
		got := []string{}
		for _, f := range Figures(c.Say, Opt{Now: testNow, Zone: testZone, Currency: c.Currency, Lang: c.Lang, Debtor: c.Debtor}) {
			got = append(got, told(f))
		}
		if !slices.Equal(got, c.Figures) && len(got)+len(c.Figures) > 0 {
			t.Errorf("%s\n got  %q\n want %q", c.Say, got, c.Figures)
		}
	}
}

// checkFigures holds what is true of every answer: spans inside the text, in order, apart, and Text cut from them.
func checkFigures(t *testing.T, s string, opt Opt) {
	t.Helper()
	rs := []rune(s)
	last := 0
	for _, f := range Figures(s, opt) {
		if f.Start < last || f.End <= f.Start || f.End > len(rs) {
			t.Fatalf("%q: span [%d,%d) after %d of %d runes", s, f.Start, f.End, last, len(rs))
		}
		if f.Text != string(rs[f.Start:f.End]) {
			t.Fatalf("%q: text %q is not the span's %q", s, f.Text, string(rs[f.Start:f.End]))
		}
		if f.Range && f.Kind != FigRange && f.Min > f.Max {
			t.Fatalf("%q: %q ranges from %d to %d", s, f.Text, f.Min, f.Max)
		}
		if f.Kind == FigRange && f.DateEnd.Before(f.Date) {
			t.Fatalf("%q: %q runs from %s to %s", s, f.Text, f.Date, f.DateEnd)
		}
		if f.Kind == FigDay && (f.Count < 1 || f.Count > 31) {
			t.Fatalf("%q: day of month %d", s, f.Count)
		}
		last = f.End
	}
}

func TestFiguresSpans(t *testing.T) {
	for _, c := range figureCases(t) {
		for _, s := range []string{c.Say, c.Say + c.Say, "  " + c.Say + "\xff", strings.ToUpper(c.Say)} {
			checkFigures(t, s, Opt{Now: testNow, Zone: testZone, Lang: c.Lang})
			checkFigures(t, s, Opt{})
			checkFigures(t, s, Opt{Now: testNow, Zone: testZone, Lang: c.Lang, Debtor: true})
		}
	}
}

// The figures of a text do not depend on its Unicode form: full width, circled or hidden characters.
func TestFiguresUnicodeForms(t *testing.T) {
	plain := "每月还1234.56元，分12期"
	want := []string{"money 123456", "count 12"}
	for _, s := range []string{
		plain, "每月还１２３４．５６元，分１２期", "每月還1234.56圓，分12期", "每月还1\u200b234.56元，分1\u20602期", "每月还𝟏𝟐𝟑𝟒.𝟓𝟔元，分⑫期", "每月还١٢٣٤.٥٦元，分१२期",
	} {
		var got []string
		for _, f := range Figures(s, Opt{Now: testNow}) {
			got = append(got, strings.TrimSpace(strings.Split(told(f), "=")[0]))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", s, got, want)
		}
	}
}

func TestChecksums(t *testing.T) {
	for s, want := range map[string]bool{"11010119900307003X": false, "110101199003070038": true, "110101199003070039": false, "000000000000000000": false, "1101011990030700": false} {
		if ValidIDCard(s) != want {
			t.Errorf("ValidIDCard(%s) = %v", s, !want)
		}
	}
	for s, want := range map[string]bool{"4111111111111111": true, "4111111111111112": false, "": false, "41111x": false} {
		if Luhn(s) != want {
			t.Errorf("Luhn(%s) = %v", s, !want)
		}
	}
}

// BenchmarkFiguresLength tells what ten times a hostile text costs, as a multiple: about ten, or a reader looks back too far.
func BenchmarkFiguresLength(b *testing.B) {
	for _, unit := range []string{"1", "一", "1,", "十", "1.", "一万", "零", "1-", "twenty ", "+1 ", "下", "¥", "点", "2026-", "第", "a couple ", "腊月", "年前", "个", "500或", "every ", "between 5 and "} {
		b.Run(strings.TrimSpace(unit), func(b *testing.B) {
			cost := func(n int) float64 {
				s := strings.Repeat(unit, n)
				start := time.Now()
				Figures(s, Opt{Now: testNow, Debtor: true})
				return float64(time.Since(start))
			}
			small, large := 0.0, 0.0
			for b.Loop() {
				small, large = small+cost(2_000), large+cost(20_000)
			}
			b.ReportMetric(large/small, "x/10x-text")
		})
	}
}

func FuzzFigures(f *testing.F) {
	for _, c := range figureCases(f) {
		f.Add(c.Say)
	}
	f.Add("\xff\xfe1\x00万")
	f.Add("99999999999999999999999999999年99999999999月")
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 4000 {
			return
		}
		checkFigures(t, s, Opt{Now: testNow, Zone: testZone})
		checkFigures(t, s, Opt{Now: testNow, Lang: "en", Currency: "USD"})
		checkFigures(t, s, Opt{})
		checkFigures(t, s, Opt{Now: testNow, Zone: testZone, Debtor: true})
		checkFigures(t, s, Opt{Now: testNow, Zone: testZone, Debtor: true, Lang: "en", Currency: "GBP"})
	})
}

func BenchmarkFigures(b *testing.B) {
	s := "截至2026年11月21日，您应还¥12,345.67，其中本金10,000.00元；分12期每期约1,028.80元，首期下月15日"
	b.Run("read", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Figures(s, Opt{Now: testNow, Zone: testZone})
		}
	})
	b.Run("floor-fold", func(b *testing.B) { // what any reader of folded text must pay
		b.ReportAllocs()
		for b.Loop() {
			Fold(s)
		}
	})
}

// A date may name its weekday; what only looks like one names none.
func TestWeekday(t *testing.T) {
	for s, want := range map[string]time.Weekday{
		"12月15日（周三）": time.Wednesday, "12月15日星期天": time.Sunday, "12月15日 禮拜二": time.Tuesday, "Thursday 8 December": time.Thursday, "Tue, Dec 15": time.Tuesday,
	} {
		if got, ok := Weekday(s); !ok || got != want {
			t.Errorf("%q: %v %v, want %v", s, got, ok, want)
		}
	}
	for _, s := range []string{"12月15日", "2026-12-15", "December 15", "一周", "周1", ""} {
		if got, ok := Weekday(s); ok {
			t.Errorf("%q names %v", s, got)
		}
	}
}
