// Package paper sets a document that we rendered as HTML on pages, as a PDF with Chinese type.
// It reads the one skeleton of the agreement (headings, paragraphs, pairs, a table, a numbered list) and keeps every word of it.
// It writes no words of its own but the page numbers and the document's hash, and knows nothing of what the document says.
package paper

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/rivo/uniseg"
	"github.com/signintech/gopdf"
)

// The font is Noto Sans SC Regular (SIL Open Font License 1.1, see OFL.txt), cut by README.md to the characters of GB 2312,
// Big5 level 1 and common given names.
//
//go:embed noto-sans-sc-subset.ttf
var font []byte

// ErrGlyph: the font lacks a character. A contract with a hole in a name is worse than none; the HTML document stands.
var ErrGlyph = errors.New("paper: the font lacks a character")

const (
	family   = "noto"
	bodySize = 10.0
	leading  = 1.6 // line height over font size
	left     = 56.0
	top      = 56.0
	bottom   = 60.0
)

var (
	width  = gopdf.PageSizeA4.W - 2*left
	height = gopdf.PageSizeA4.H
)

// PDF writes the document. sum is the hash of the HTML; it stands on every page, so that both forms can be told to belong together.
// The same document gives the same bytes.
func PDF(w io.Writer, doc []byte, sum string) error {
	blocks, title, err := read(doc)
	if err != nil {
		return err
	}
	pages, err := set(blocks, title, sum, 0)
	if err != nil {
		return err
	}
	p, err := setPages(blocks, title, sum, pages)
	if err != nil {
		return err
	}
	if _, err := p.pdf.WriteTo(w); err != nil {
		return fmt.Errorf("paper: %w", err)
	}
	return nil
}

// set counts the pages: the foot of the first names the last.
func set(blocks []block, title, sum string, of int) (int, error) {
	p, err := setPages(blocks, title, sum, of)
	if err != nil {
		return 0, err
	}
	return p.no, nil
}

type press struct {
	pdf   *gopdf.GoPdf
	y     float64
	no    int
	of    int
	sum   string
	glyph error
}

func setPages(blocks []block, title, sum string, of int) (*press, error) {
	p := &press{pdf: &gopdf.GoPdf{}, of: of, sum: sum}
	p.pdf.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4})
	p.pdf.SetInfo(gopdf.PdfInfo{Title: title})
	if err := p.pdf.AddTTFFontData(family, font); err != nil {
		return nil, fmt.Errorf("paper: %w", err)
	}
	if err := p.page(); err != nil {
		return nil, err
	}
	for _, b := range blocks {
		if err := b.set(p); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// page begins a new one and writes its foot.
func (p *press) page() error {
	p.pdf.AddPage()
	p.no++
	p.y = top
	if err := p.text(left, height-bottom+24, 7, fmt.Sprintf("SHA-256 %s", p.sum)); err != nil {
		return err
	}
	return p.text(left+width-40, height-bottom+24, 7, fmt.Sprintf("%d / %d", p.no, p.of))
}

// room begins a new page when less than h is left.
func (p *press) room(h float64) error {
	if p.y+h <= height-bottom {
		return nil
	}
	return p.page()
}

// text sets one line at a place. A character that the font lacks would print blank without an error, so it is looked up first.
func (p *press) text(x, y, size float64, s string) error {
	if err := p.pdf.SetFont(family, "", size); err != nil {
		return fmt.Errorf("paper: %w", err)
	}
	for _, r := range s {
		if ok, err := p.pdf.IsCurrFontContainGlyph(r); err != nil || !ok {
			return fmt.Errorf("%w: %q", ErrGlyph, r)
		}
	}
	p.pdf.SetXY(x, y)
	if err := p.pdf.Cell(nil, s); err != nil {
		return fmt.Errorf("paper: %w", err)
	}
	return nil
}

// wide measures a line.
func (p *press) wide(size float64, s string) float64 {
	if p.pdf.SetFont(family, "", size) != nil {
		return 0
	}
	w, err := p.pdf.MeasureTextWidth(s)
	if err != nil {
		p.glyph = err
		return 0
	}
	return w
}

// lines breaks a text where a line may be broken in its script: never before a closing mark, never within a Latin word.
func (p *press) lines(s string, size, maxWidth float64) []string {
	var out []string
	line, state := "", -1
	for len(s) > 0 {
		var seg string
		seg, s, _, state = uniseg.FirstLineSegmentInString(s, state)
		if line != "" && p.wide(size, strings.TrimRight(line+seg, " ")) > maxWidth {
			out = append(out, strings.TrimRight(line, " "))
			line = ""
		}
		for p.wide(size, seg) > maxWidth { // one unbreakable run, such as a hash, longer than a line
			head := seg
			for p.wide(size, head) > maxWidth {
				r := []rune(head)
				head = string(r[:len(r)-1])
			}
			out = append(out, head)
			seg = strings.TrimPrefix(seg, head)
		}
		line += seg
	}
	if line = strings.TrimRight(line, " "); line != "" || len(out) == 0 {
		out = append(out, line)
	}
	return out
}

// para sets a text in a column that starts at x.
func (p *press) para(x, size, columnWidth float64, s string) error {
	for _, l := range p.lines(s, size, columnWidth) {
		if err := p.room(size * leading); err != nil {
			return err
		}
		if err := p.text(x, p.y, size, l); err != nil {
			return err
		}
		p.y += size * leading
	}
	return p.glyph
}
