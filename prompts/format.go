package prompts

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

var unitZH = map[string]string{"": "元", "CNY": "元", "HKD": "港元", "TWD": "新台币", "USD": "美元", "GBP": "英镑", "EUR": "欧元"}

var unitZHHant = map[string]string{"TWD": "新臺幣", "GBP": "英鎊", "EUR": "歐元"}

var signEN = map[string]string{"": "CNY ", "USD": "$", "GBP": "£", "EUR": "€", "HKD": "HK$", "TWD": "NT$"}

// Money is an amount as a person reads it: 12,345.67 元 in Chinese, CNY 12,345.67 in English.
func Money(lang, currency string, minor int64) string {
	n := digits(minor)
	if !strings.HasPrefix(lang, "zh") {
		if s, ok := signEN[currency]; ok {
			return s + n
		}
		return currency + " " + n
	}
	unit, ok := unitZH[currency]
	if !ok {
		unit = currency
	}
	if u, other := unitZHHant[currency]; other && lang == "zh-Hant" {
		unit = u
	}
	return n + " " + unit
}

func digits(minor int64) string {
	sign, u := "", uint64(minor)
	if minor < 0 {
		sign, u = "-", -u
	}
	whole := strconv.FormatUint(u/100, 10)
	var b strings.Builder
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	return fmt.Sprintf("%s%s.%02d", sign, b.String(), u%100)
}

// Date is a full date: 2026年12月15日（周二）, Tuesday 15 December 2026.
func Date(lang string, y int, m time.Month, d int) string {
	t := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	if !strings.HasPrefix(lang, "zh") {
		return fmt.Sprintf("%s %d %s %d", t.Weekday(), d, m, y)
	}
	week := "周"
	if lang == "zh-Hant" {
		week = "週"
	}
	day := []string{"日", "一", "二", "三", "四", "五", "六"}[t.Weekday()]
	return fmt.Sprintf("%d年%d月%d日（%s%s）", y, m, d, week, day)
}

// Percent drops trailing zeros: 1.75%, 4%.
func Percent(p float64) string { return strconv.FormatFloat(p, 'f', -1, 64) + "%" }
