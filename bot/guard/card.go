package guard

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"hejie/flows/calendar"
)

// Cards travel as JSON. What a widget may show of them is judged here, leaf by leaf:
//
//   - a key ending in _fen is money: an integer that is 0 or a known amount;
//   - a key of dateKeys is a date: known, or today; a key of momentKeys a moment in RFC 3339;
//   - a key of machineKeys is for machines: it must match its strict form, so that no sentence hides in it;
//   - a key of countKeys must be a known count, a key of freeKeys is a small number that bounds or numbers something;
//   - every other string is text a person reads, judged like any text; every other number is refused.
const maxCardDepth = 12

var (
	countKeys = []string{"count", "days_overdue", "paid"}
	freeKeys  = []string{"n", "min_count", "max_count", "tries_left", "posted_ms", "pct", "annual_rate", "step", "index", "day_of_month", "min", "max", "skips"}
	dateKeys  = []string{"due", "as_of", "on", "next_due", "first_due", "last_due", "defer_to", "until", "date"}
	// Bounds of a choice the debtor has, and when a paper was drawn up: true by themselves, so only their form is checked.
	momentKeys  = []string{"valid_until", "expires_at", "drawn_up", "first_from", "first_to", "contract_date"}
	machineKeys = map[string]string{
		"type": "ident", "id": "ident", "ref": "ident", "version": "ident", "kind": "ident", "code": "ident", "policy": "ident", "ruleset": "ident",
		"offer_id": "ident", "account_id": "ident", "agreement_id": "ident", "account": "ident", "debt_type": "ident", "stage": "ident", "component": "ident",
		"ask": "ident", "methods": "ident", "terms": "ident", "action": "ident", "name_key": "ident", "state": "ident", "flow": "ident", "intent": "ident",
		"lang": "lang", "currency": "currency", "signature": "hash", "sha256": "hash", "doc_sha256": "hash", "hash": "hash", "no4": "tail",
	}
)

func (r *draftRun) card(part int, data []byte) {
	v, err := decodeCard(data)
	if err != nil {
		r.object("G10", "", r.rs.tables.Machine)
		return
	}
	r.leaf(part, "", v, 0)
}

func decodeCard(data []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber() // money must not pass through a float
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	if dec.More() {
		return nil, fmt.Errorf("more than one value")
	}
	return v, nil
}

func (r *draftRun) leaf(part int, key string, v any, depth int) {
	switch v := v.(type) {
	case map[string]any:
		if depth > maxCardDepth {
			r.object("G10", key, r.rs.tables.Machine)
			return
		}
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys) // the same card gives the same verdict, hit for hit
		for _, k := range keys {
			if !machine("key", k) { // a key can be shown as well as a value
				r.object("G10", k, r.rs.tables.Machine)
			}
			r.leaf(part, k, v[k], depth+1)
		}
	case []any:
		if depth > maxCardDepth {
			r.object("G10", key, r.rs.tables.Machine)
			return
		}
		for _, e := range v {
			r.leaf(part, key, e, depth+1)
		}
	case string:
		r.cardString(part, key, v)
	case json.Number:
		r.cardNumber(key, v)
	}
}

func (r *draftRun) cardNumber(key string, v json.Number) {
	n, err := v.Int64()
	if strings.HasSuffix(key, "_fen") {
		src, ok := r.known.value(Money, n)
		switch {
		case err != nil || !ok && n != 0:
			r.badFigure(key + " " + v.String())
		case n != 0:
			r.found = append(r.found, src)
			if r.f.Identity != Verified && r.debtFact(src) {
				r.object("G01", v.String(), Both{})
			}
		}
		return
	}
	if slices.Contains(countKeys, key) {
		if src, ok := r.known.value(Count, n); err == nil && ok {
			r.found = append(r.found, src)
		} else if err != nil || n != 0 {
			r.badFigure(key + " " + v.String())
		}
		return
	}
	if !slices.Contains(freeKeys, key) {
		r.badFigure(key + " " + v.String())
	}
}

func (r *draftRun) cardString(part int, key, s string) {
	if s == "" {
		return
	}
	class, isMachine := machineKeys[key]
	switch {
	case slices.Contains(dateKeys, key):
		r.cardDate(key, s)
	case slices.Contains(momentKeys, key) || strings.HasSuffix(key, "_at"):
		if !isMoment(s) {
			r.object("G10", s, r.rs.tables.Machine)
		}
	case strings.HasSuffix(key, "_url") || key == "url" || key == "href":
		if _, ok := r.link(s); !ok && !relative(s) {
			r.object("G10", s, r.rs.tables.Link)
		}
	case key == "no4":
		if _, ok := r.known.text(Ref, plain(s)); !ok || !machine("tail", s) {
			r.badFigure(s)
		} else if r.f.Identity != Verified {
			r.object("G01", s, Both{})
		}
	case isMachine:
		if !machine(class, s) {
			r.object("G10", s, r.rs.tables.Machine)
		}
	default:
		r.text(part, s, key == "quick")
	}
}

func (r *draftRun) cardDate(key, s string) {
	d, err := calendar.ParseDate(s)
	if err != nil {
		r.badFigure(key + " " + s)
		return
	}
	if src, ok := r.known.date(d, false); ok {
		r.found = append(r.found, src)
	} else if d != calendar.Today(r.f.Now, r.f.Zone) {
		r.badFigure(key + " " + s)
	}
}

func (r *draftRun) badFigure(what string) {
	why := r.rs.tables.Figure
	why.Zh = strings.ReplaceAll(why.Zh, "{figure}", what)
	why.Hant = strings.ReplaceAll(why.Hant, "{figure}", what)
	why.En = strings.ReplaceAll(why.En, "{figure}", what)
	r.object("G10", what, why)
}

// leaves are the strings of a card a person may read; used where only the words matter.
func leaves(data []byte) []string {
	v, err := decodeCard(data)
	if len(data) == 0 || err != nil {
		return nil
	}
	var out []string
	var walk func(string, any, int)
	walk = func(key string, v any, depth int) {
		switch v := v.(type) {
		case map[string]any:
			for k, e := range v {
				if depth < maxCardDepth {
					walk(k, e, depth+1)
				}
			}
		case []any:
			for _, e := range v {
				if depth < maxCardDepth {
					walk(key, e, depth+1)
				}
			}
		case string:
			if _, isMachine := machineKeys[key]; !isMachine {
				out = append(out, v)
			}
		}
	}
	walk("", v, 0)
	return out
}

// machine: does a value have the strict form of its class? No class allows a space or a Chinese character.
func machine(class, s string) bool {
	limit, ok := map[string]int{"ident": 128, "key": 64, "hash": 256, "tail": 8, "lang": 12, "currency": 3}[class]
	if !ok || s == "" || len(s) > limit {
		return false
	}
	for _, r := range s {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		number := r >= '0' && r <= '9'
		switch class {
		case "tail": // account numbers may end in letters
			ok = letter || number || r == '-'
		case "lang":
			ok = letter || r == '-'
		case "currency":
			ok = r >= 'A' && r <= 'Z'
		case "hash":
			ok = letter || number || strings.ContainsRune("+/=_-.:", r)
		default:
			ok = letter || number || strings.ContainsRune("_-.:+/=", r)
		}
		if !ok {
			return false
		}
	}
	return true
}

func isMoment(s string) bool {
	if _, err := calendar.ParseDate(s); err == nil {
		return true
	}
	_, err := time.Parse(time.RFC3339Nano, s)
	return err == nil
}

// relative: a path on our own site. Two slashes would lead away, a backslash too in some browsers.
func relative(s string) bool {
	return strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "//") && !strings.ContainsAny(s, "\\ \t\n") && strconv.CanBackquote(s)
}
