package store

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

func (p *rowParser) text(column string, limit int) string {
	s := p.optional(column, limit)
	if s == "" {
		p.fault(column, "the cell is empty", "a value")
	}
	return s
}

func (p *rowParser) optional(column string, limit int) string {
	s := p.cell(column)
	if utf8.RuneCountInString(s) > limit {
		p.fault(column, "the text is too long", fmt.Sprintf("at most %d characters", limit))
	}
	return s
}

func (p *rowParser) oneOf(column string, needed bool, allowed ...string) string {
	s := p.cell(column)
	if s == "" && !needed {
		return ""
	}
	for _, a := range allowed {
		if strings.EqualFold(s, a) {
			return a
		}
	}
	p.fault(column, fmt.Sprintf("%q is not known", s), "one of "+strings.Join(allowed, ", "))
	return ""
}

func (p *rowParser) currency() string {
	s := strings.ToUpper(p.cell("currency"))
	if len(s) != 3 || strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		p.fault("currency", fmt.Sprintf("%q is not a currency", p.cell("currency")), "a code of three letters such as CNY")
	}
	return s
}

// money reads yuan with at most two decimals exactly; more decimals would have to be rounded, and a debt is not rounded by us.
func (p *rowParser) money(column string, needed bool) ledger.Amount {
	s := p.cell(column)
	if s == "" && !needed {
		return 0
	}
	fen, ok := decimal(p.number(s), 2)
	if !ok {
		p.fault(column, fmt.Sprintf("%q is not an amount", s), "yuan with at most two decimals and no sign, such as 12345.67")
		return 0
	}
	if ledger.Amount(fen) > ledger.MaxAmount {
		p.fault(column, fmt.Sprintf("%q is beyond any person's debt", s), "at most "+ledger.MaxAmount.String())
	}
	return ledger.Amount(fen)
}

// rate reads percent per year into millionths of a percent.
func (p *rowParser) rate(column string) int64 {
	s := p.cell(column)
	if s == "" {
		return 0
	}
	e6, ok := decimal(p.number(strings.TrimSuffix(s, "%")), 6)
	if !ok || e6 > 1000*1e6 {
		p.fault(column, fmt.Sprintf("%q is not a rate", s), "percent, such as 18.25")
		return 0
	}
	return e6
}

// number writes a spreadsheet's number the shortest way that is still the same value: a cell that shows 1234.56 may be
// kept as 1234.5599999999999. Only the notation changes; the amount is then read as decimal digits.
func (p *rowParser) number(s string) string {
	if !p.sheet {
		return s
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return s
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// decimal reads digits with at most places decimals into units of the last place. Thousands commas must stand where they belong.
func decimal(s string, places int) (int64, bool) {
	whole, frac, dot := strings.Cut(s, ".")
	if strings.Contains(whole, ",") {
		groups := strings.Split(whole, ",")
		if len(groups[0]) == 0 || len(groups[0]) > 3 {
			return 0, false
		}
		for _, g := range groups[1:] {
			if len(g) != 3 {
				return 0, false
			}
		}
		whole = strings.Join(groups, "")
	}
	if len(whole) == 0 || len(whole) > 12 || len(frac) > places || dot && frac == "" {
		return 0, false
	}
	digits := whole + frac + strings.Repeat("0", places-len(frac))
	if strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	return n, err == nil
}

func (p *rowParser) date(column string, needed bool) calendar.Date {
	s := p.cell(column)
	if s == "" && !needed {
		return calendar.Date{}
	}
	d, ok := parseDay(s, p.sheet)
	if !ok || d.Year < 1950 || d.Year > 2200 {
		p.fault(column, fmt.Sprintf("%q is not a day", s), "YYYY-MM-DD, such as "+p.today.String())
		return calendar.Date{}
	}
	return d
}

// parseDay also reads 2026/11/1, as spreadsheets write a CSV in Chinese, and a sheet's own day number.
func parseDay(s string, sheet bool) (calendar.Date, bool) {
	for _, layout := range []string{time.DateOnly, "2006/1/2", "2006-1-2"} {
		if t, err := time.Parse(layout, s); err == nil {
			return calendar.DateOf(t), true
		}
	}
	if n, err := strconv.ParseFloat(s, 64); sheet && err == nil {
		if t, err := excelize.ExcelDateToTime(n, false); err == nil {
			return calendar.DateOf(t), true
		}
	}
	return calendar.Date{}, false
}

func (p *rowParser) yes(column string) bool {
	switch s := strings.ToLower(p.cell(column)); s {
	case "true", "1", "yes", "y", "是":
		return true
	case "", "false", "0", "no", "n", "否":
		return false
	default:
		p.fault(column, fmt.Sprintf("%q is neither yes nor no", s), "true or false")
		return false
	}
}

func (p *rowParser) dayOfMonth(column string) int64 {
	s := p.cell(column)
	if s == "" {
		return 0
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 || n > 31 {
		p.fault(column, fmt.Sprintf("%q is not a day of the month", s), "a number from 1 to 31")
		return 0
	}
	return n
}

var phoneMarks = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", "\u00a0", "")

func (p *rowParser) phone() (number, last4 string) {
	s := phoneMarks.Replace(p.cell("phone"))
	if s == "" {
		return "", ""
	}
	digits := strings.TrimPrefix(s, "+")
	if strings.Trim(digits, "0123456789") != "" || len(digits) < 5 || len(digits) > 15 {
		p.fault("phone", "the cell is not a phone number", "5 to 15 digits, with + before a country code")
		return "", ""
	}
	return s, digits[len(digits)-4:]
}

// idLast4 keeps the end of an identity number, which may be masked before it. The fault does not repeat the number.
func (p *rowParser) idLast4() string {
	s := strings.ToUpper(p.cell("id_no"))
	if s == "" {
		return ""
	}
	if len(s) < 4 || len(s) > 32 {
		p.fault("id_no", "the cell is not an identity number", "a number of which at least the last four characters are given")
		return ""
	}
	last := s[len(s)-4:]
	if strings.Trim(last[:3], "0123456789") != "" || strings.Trim(last[3:], "0123456789X") != "" {
		p.fault("id_no", "the last four characters are not digits (the very last may be X)", "a number of which at least the last four characters are given")
		return ""
	}
	return last
}
