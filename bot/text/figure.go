package text

import (
	"time"

	"hejie/flows/calendar"
)

// FigureKind is what sort of figure was read.
type FigureKind string

const (
	FigMoney    FigureKind = "money"
	FigPercent  FigureKind = "percent"
	FigDate     FigureKind = "date"
	FigRange    FigureKind = "date_range"
	FigDuration FigureKind = "duration"
	FigDay      FigureKind = "day_of_month"
	FigCount    FigureKind = "count"
	FigNumber   FigureKind = "number"
	FigTime     FigureKind = "time" // a clock time, in Text
	FigPhone    FigureKind = "phone"
	FigIDCard   FigureKind = "id_card"   // 18 places with a good ISO 7064 checksum, unless Invalid
	FigBankCard FigureKind = "bank_card" // 13 to 19 digits that pass Luhn, unless Invalid
)

// Relations a date or a duration may have to its neighbours: 三天内, 月底前, 下周五之后.
const (
	RelWithin = "within"
	RelBefore = "before"
	RelAfter  = "after"
)

// Opt is what reading depends on. The zero Opt reads absolute figures; relative dates need Now.
type Opt struct {
	Now      time.Time
	Zone     *time.Location // whose calendar; nil = Now's own zone
	Currency string         // of money that names none; empty = CNY
	Lang     string         // en: a bare 03/04/2026 in a USD conversation is month first
	// Debtor reads what a debtor writes: named days (春节, by Christmas) are dates, numbers in web addresses, versions
	// and model names are none, and idioms hold no figures. Without it every number counts: the guard misses none.
	Debtor bool
}

// Figure is one figure of a text. Text is exactly the runes [Start,End) of the original.
// Which fields are set depends on Kind:
//
//	money         Minor (fen, cents), Currency
//	percent       PPM: 1 % = 10 000, so 日万分之1.75 = 0.0175 % = 175; Per: day, month, year or empty
//	              Unit 分之: a part of the whole (一半, a third), not a rate
//	date          Date (the zero Date if the day does not exist); date_range: Date to DateEnd, both inclusive
//	duration      Duration (ISO 8601), Count and Unit; within/before/after now: Date and DateEnd as well; Per: said as a rate
//	              (一个月1500), no length of time
//	day_of_month  Count 1..31 (月底 = 31)
//	count         Count (期, 次, 笔 after 分: instalments); Per: said as a rate (六百一期), no number of them
//	number        Micro (millionths); Count when it is whole; Digits as written; Unit: the measure word after it
//	time          Text only; phone, id_card, bank_card: Digits (upper-case X)
type Figure struct {
	Kind       FigureKind
	Start, End int
	Text       string

	Range    bool  // the figure is Min..Max, in the unit of its kind; the plain fields hold Min
	Min, Max int64 // money: minor units, count, number (millionths), percent (PPM), duration (units)
	Approx   bool  // 左右, 多, about
	Vague    bool  // 几天, 几个月: no length to count on
	Twofold  bool  // 03/04: day and month could change places

	Minor       int64
	Currency    string
	Bare        bool // money only by its form (三千五, 1w5), no currency named
	PPM         int64
	Per         string
	Date        calendar.Date
	DateEnd     calendar.Date
	Relative    bool // the date follows from today (下周五)
	Yearless    bool // day or month and day were said, the year or month was supplied: the next one not in the past
	Duration    string
	DurationMax string
	Rel         string
	Count       int64
	Micro       int64
	Unit        string
	Ordinal     bool // 第二, 2nd: a place in a row, not an amount
	Digits      string
	Invalid     bool // id_card, bank_card of a Debtor's text: the check digit is wrong
	Big         bool // too large for the fields: only Digits or Text tell it
}

// Figures finds every figure in s, from left to right, without overlaps. It never panics, uses no regular
// expressions and looks at each rune a bounded number of times, so its time is linear in the length of s.
// The text is folded first: width, traditional characters, digits of any script and hidden characters make no difference.
// It finds only; which of several readings was meant (15号: a date or a day of the month) is for the caller to ask.
func Figures(s string, opt Opt) []Figure {
	r := newReader(s, opt)
	for i := 0; i < len(r.rs); {
		i = max(r.step(i), i+1)
	}
	r.finish()
	return r.out
}
