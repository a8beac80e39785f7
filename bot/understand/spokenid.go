package understand

import "strings"

// Numbers dictated to a phone come as words: 尾号零六二七, ending four four one seven.

var hanDigits = map[rune]byte{'零': '0', '〇': '0', '一': '1', '幺': '1', '二': '2', '两': '2', '三': '3', '四': '4', '五': '5', '六': '6', '七': '7', '八': '8', '九': '9'}

var latinDigits = map[string]byte{
	"zero": '0', "oh": '0', "o": '0', "one": '1', "two": '2', "three": '3', "four": '4', "five": '5', "six": '6', "seven": '7', "eight": '8', "nine": '9',
}

const tailDigits = 4

// spokenTails finds groups of exactly four digits said as words. Tens and hundreds beside them make a number of it, not a tail.
func (r *reading) spokenTails() []tail {
	return append(r.hanTails(), r.latinTails()...)
}

func (r *reading) hanTails() []tail {
	var out []tail
	rs := r.n.rs
	for i := 0; i < len(rs); i++ {
		j, said := i, []byte(nil)
		for j < len(rs) && hanDigits[rs[j]] != 0 {
			said = append(said, hanDigits[rs[j]])
			j++
		}
		if j == i {
			continue
		}
		x := len(said) == tailDigits-1 && j < len(rs) && rs[j] == 'x'
		if x {
			said = append(said, 'X')
			j++
		}
		counts := j < len(rs) && strings.ContainsRune("十百千万亿块元期天个月年号", rs[j])
		if len(said) == tailDigits && !counts {
			out = append(out, tail{string(said), i, j, x})
		}
		i = j
	}
	return out
}

func (r *reading) latinTails() []tail {
	var out []tail
	var run []byte
	from := 0
	rs := r.n.rs
	flush := func(to int) {
		if len(run) == tailDigits {
			out = append(out, tail{string(run), from, to, run[tailDigits-1] == 'X'})
		}
		run = nil
	}
	last := 0 // where the word before ended
	for i := 0; i < len(rs); i++ {
		if !isLatin(rs[i]) {
			continue
		}
		j := i
		for j < len(rs) && isLatin(rs[j]) {
			j++
		}
		w := string(rs[i:j])
		d := latinDigits[w]
		if w == "x" && len(run) == tailDigits-1 {
			d = 'X'
		}
		if d == 0 || len(run) > 0 && i-last > 2 {
			flush(last)
		}
		if d != 0 {
			if len(run) == 0 {
				from = i
			}
			run = append(run, d)
		}
		last, i = j, j
	}
	flush(last)
	return out
}
