package paper

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// block is one piece of the document that knows how to be set.
type block struct {
	kind  atom.Atom // h1 h2 p dl table li
	text  string
	pairs [][2]string
	rows  [][]string
	n     int
}

// read walks the skeleton. An element with words that it does not know is an error: a contract must not lose a sentence.
func read(doc []byte) ([]block, string, error) {
	root, err := html.Parse(bytes.NewReader(doc))
	if err != nil {
		return nil, "", fmt.Errorf("paper: %w", err)
	}
	r := reader{}
	if err := r.walk(root); err != nil {
		return nil, "", err
	}
	return r.blocks, r.title, nil
}

type reader struct {
	blocks []block
	title  string
	items  int
}

func (r *reader) walk(n *html.Node) error {
	switch n.DataAtom {
	case atom.Style:
		return nil
	case atom.Title:
		r.title = words(n)
		return nil
	case atom.H1, atom.H2, atom.P:
		r.blocks = append(r.blocks, block{kind: n.DataAtom, text: words(n)})
		return nil
	case atom.Ol:
		r.items = 0
	case atom.Li:
		r.items++
		r.blocks = append(r.blocks, block{kind: atom.Li, text: words(n), n: r.items})
		return nil
	case atom.Dl:
		r.blocks = append(r.blocks, block{kind: atom.Dl, pairs: pairs(n)})
		return nil
	case atom.Table:
		r.blocks = append(r.blocks, block{kind: atom.Table, rows: rows(n)})
		return nil
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode && strings.TrimSpace(c.Data) != "" {
			return fmt.Errorf("paper: words outside any block: %.40q", strings.TrimSpace(c.Data))
		}
		if err := r.walk(c); err != nil {
			return err
		}
	}
	return nil
}

func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func pairs(dl *html.Node) [][2]string {
	var out [][2]string
	for c := dl.FirstChild; c != nil; c = c.NextSibling {
		switch c.DataAtom {
		case atom.Dt:
			out = append(out, [2]string{words(c), ""})
		case atom.Dd:
			out[len(out)-1][1] = words(c)
		}
	}
	return out
}

func rows(table *html.Node) [][]string {
	var out [][]string
	for d := range table.Descendants() {
		switch d.DataAtom {
		case atom.Tr:
			out = append(out, nil)
		case atom.Th, atom.Td:
			out[len(out)-1] = append(out[len(out)-1], words(d))
		}
	}
	return out
}

func (b block) set(p *press) error {
	switch b.kind {
	case atom.H1:
		defer func() { p.y += 6 }()
		return p.para(left, 18, width, b.text)
	case atom.H2:
		p.y += 10
		if err := p.room(4 * bodySize * leading); err != nil { // no heading alone at the foot of a page
			return err
		}
		defer func() { p.y += 2 }()
		return p.para(left, 12, width, b.text)
	case atom.Li:
		mark := strconv.Itoa(b.n) + "."
		if err := p.room(bodySize * leading); err != nil {
			return err
		}
		if err := p.text(left, p.y, bodySize, mark); err != nil {
			return err
		}
		return p.para(left+20, bodySize, width-20, b.text)
	case atom.Dl:
		return b.setPairs(p)
	case atom.Table:
		return b.setTable(p)
	}
	return p.para(left, bodySize, width, b.text)
}

// nameColumn is the width of the names in a list of pairs.
const nameColumn = 150.0

func (b block) setPairs(p *press) error {
	for _, pair := range b.pairs {
		names, values := p.lines(pair[0], bodySize, nameColumn-8), p.lines(pair[1], bodySize, width-nameColumn)
		for i := range max(len(names), len(values)) {
			if err := p.room(bodySize * leading); err != nil {
				return err
			}
			for col, list := range [][]string{names, values} {
				if i >= len(list) {
					continue
				}
				if err := p.text(left+float64(col)*nameColumn, p.y, bodySize, list[i]); err != nil {
					return err
				}
			}
			p.y += bodySize * leading
		}
	}
	return p.glyph
}

// setTable gives each column the share of the page that its widest cell needs; money stays on the right.
func (b block) setTable(p *press) error {
	const size, gap = 8.5, 10.0
	var need []float64
	for _, r := range b.rows {
		for i, c := range r {
			if i == len(need) {
				need = append(need, 0)
			}
			need[i] = max(need[i], p.wide(size, c)+gap)
		}
	}
	sum := 0.0
	for _, n := range need {
		sum += n
	}
	scale := 1.0
	if sum > width {
		scale = width / sum
	}
	spare := max(width-sum, 0) / float64(max(len(need), 1))
	for n, r := range b.rows {
		if n > 0 && p.y+size*leading > height-bottom { // the names of the columns again on each page
			if err := p.page(); err != nil {
				return err
			}
			if err := p.row(b.rows[0], need, size, scale, spare); err != nil {
				return err
			}
		}
		if err := p.row(r, need, size, scale, spare); err != nil {
			return err
		}
	}
	return p.glyph
}

func (p *press) row(cells []string, need []float64, size, scale, spare float64) error {
	x := left
	for i, c := range cells {
		col := need[i]*scale + spare
		at := x
		if i > 1 {
			at = x + col - p.wide(size*scale, c) - 2
		}
		if err := p.text(at, p.y, size*scale, c); err != nil {
			return err
		}
		x += col
	}
	p.y += size * leading
	p.pdf.SetLineWidth(0.3)
	p.pdf.SetStrokeColor(190, 196, 190)
	p.pdf.Line(left, p.y-3, left+width, p.y-3)
	return nil
}
