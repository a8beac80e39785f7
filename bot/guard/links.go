package guard

import "strings"

// links finds web and mail addresses in the plain fold and holds each against the known ones. An address is known when it
// equals a URL figure, or leads to an allowed host: look-alike hosts were not folded away, so they stay different.
func (r *draftRun) links(j *judging) (spans [][2]int) {
	rs := j.v.fold.Runes
	for i := 0; i < len(rs); {
		if !linkRune(rs[i]) {
			i++
			continue
		}
		end := i
		for end < len(rs) && linkRune(rs[end]) {
			end++
		}
		for i < end && strings.ContainsRune(":/?!&'*+=%.-_#@", rs[i]) {
			i++ // a full-width colon folds to one of an address: 请到：https://…
		}
		s := strings.TrimRight(string(rs[i:end]), ".,:;/?!'")
		if looksLikeLink(s) {
			src, ok := r.link(s)
			from, to := j.v.fold.Span(i, i+len([]rune(s)))
			spans = append(spans, [2]int{from, to})
			if ok {
				src.Text = j.v.cutText(from, to)
				r.found = append(r.found, src)
			} else {
				ru := r.rs.byID["G10"]
				why := strings.ReplaceAll(r.rs.tables.Link.in(r.d.tells()), "{figure}", s)
				j.raise(ru, from, to, j.v.cutText(from, to), why)
			}
		}
		i = end
	}
	return spans
}

func linkRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r > 0x7F && !isCJK(r) && r < 0x2000 || strings.ContainsRune("-._~:/?#@!$&'*+=%", r)
}

func isCJK(r rune) bool { return r >= 0x2E80 }

var topLevel = map[string]bool{
	"com": true, "cn": true, "net": true, "org": true, "gov": true, "edu": true, "io": true, "cc": true, "top": true, "vip": true, "xyz": true, "me": true, "co": true,
	"uk": true, "us": true, "hk": true, "tw": true, "info": true, "biz": true, "app": true, "link": true, "site": true, "online": true, "shop": true, "club": true,
	"ly": true, "gl": true, "tk": true, "eu": true, "de": true, "pro": true, "live": true, "work": true, "ltd": true, "ru": true, "mobi": true, "tv": true, "im": true, "dev": true,
}

// looksLikeLink: a scheme, www., or a dotted name that ends in a top-level domain.
func looksLikeLink(s string) bool {
	if strings.Contains(s, "://") || strings.HasPrefix(s, "www.") {
		return true
	}
	host := hostOf(s)
	dot := strings.LastIndexByte(host, '.')
	return dot > 0 && topLevel[host[dot+1:]] && host[dot-1] != '.'
}

func hostOf(s string) string {
	if i := strings.Index(s, "://"); i >= 0 {
		s = s[i+3:]
	}
	if i := strings.IndexAny(s, "/?#"); i >= 0 {
		s = s[:i]
	}
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		s = s[i+1:]
	}
	if i := strings.IndexByte(s, ':'); i >= 0 {
		s = s[:i]
	}
	return strings.TrimPrefix(s, "www.")
}

func (r *draftRun) link(s string) (Figure, bool) {
	want := bareLink(s)
	for _, g := range r.known.own {
		if g.Kind == URL && bareLink(g.Text) == want {
			return g, true
		}
	}
	for _, h := range r.known.hosts {
		if h != "" && hostOf(s) == hostOf(strings.ToLower(h)) && !strings.Contains(s, "@") {
			return Figure{Kind: URL, Origin: "allowed host " + h}, true
		}
	}
	return Figure{}, false
}

// bareLink drops what does not change where a link leads: letter case, scheme, www and a closing slash.
func bareLink(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	s = strings.TrimPrefix(strings.TrimPrefix(s, "https://"), "http://")
	return strings.TrimRight(strings.TrimPrefix(s, "www."), "/")
}
