package paper

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
)

const skeleton = `<!doctype html><html lang="zh-Hans"><head><title>协议 agr_1</title><style>p{}</style></head><body><main>
<h1>还款安排协议</h1><p class="small">协议编号 agr_1</p>
<h2>当事人</h2><dl><dt>债权人</dt><dd>安和消费金融</dd><dt>户名</dt><dd>NAME</dd></dl>
<table><thead><tr><th>期</th><th>日期</th><th>金额</th></tr></thead><tbody>ROWS</tbody></table>
<h2>六、其他</h2><ol><li>LONG</li><li>the second term, in English, breaks between words and never within one of them, whatever its length may be</li></ol>
<p><code>843c6a71575dc07b7107f2066abf90fa894fe6a40dd3c6d5aa63a5b3d54a4849843c6a71575dc07b7107f2066abf90fa894fe6a40dd3c6d5aa63a5b3d54a4849</code></p>
</main></body></html>`

func doc(name string, rows int) []byte {
	var b strings.Builder
	for i := range rows {
		b.WriteString("<tr><td>" + strings.Repeat("1", 1+i%3) + "</td><td>2027年1月8日（周五）</td><td>1,182.14 元</td></tr>")
	}
	long := strings.Repeat("陆角柒分，按约履行期间停止催收；如连续两期未付，安排终止，已付部分仍然有效。", 12)
	return []byte(strings.NewReplacer("NAME", name, "ROWS", b.String(), "LONG", long).Replace(skeleton))
}

// Every character of the document is in the PDF as many times as on the page: a lost one may be a digit in words.
func TestNoCharacterIsLost(t *testing.T) {
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		if strings.Contains(os.Getenv("HEJIE_REQUIRE"), "poppler") {
			t.Fatal("pdftotext is not installed")
		}
		t.Skip("pdftotext (poppler-utils) is not installed")
	}
	in := doc("欧阳曦 Ève O'Neill", 60)
	var out bytes.Buffer
	if err := PDF(&out, in, "feed"); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := exec.CommandContext(t.Context(), tool, "-layout", file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	blocks, _, err := read(in)
	if err != nil {
		t.Fatal(err)
	}
	want := count(allOf(blocks))
	for _, r := range strings.Join(blocks[4].rows[0], "") { // the head of the table stands on its second page again
		want[r]++
	}
	have := count(string(got))
	for r, n := range want {
		if unicode.Is(unicode.Han, r) && have[r] != n || have[r] < n { // digits and letters stand in the foot besides
			t.Errorf("%q: %d in the document, %d on paper", r, n, have[r])
		}
	}
	pages := strings.Count(string(got), "\f")
	if last := fmt.Sprintf("%d/%d", pages, pages); pages < 2 || !strings.Contains(strings.ReplaceAll(string(got), " ", ""), last) {
		t.Errorf("no %q at the foot of the last page", last)
	}
}

func allOf(blocks []block) string {
	var b strings.Builder
	for _, k := range blocks {
		b.WriteString(k.text)
		for _, p := range k.pairs {
			b.WriteString(p[0] + p[1])
		}
		for _, r := range k.rows {
			b.WriteString(strings.Join(r, ""))
		}
	}
	return b.String()
}

func count(s string) map[rune]int {
	m := map[rune]int{}
	for _, r := range s {
		if !unicode.IsSpace(r) {
			m[r]++
		}
	}
	return m
}

func TestTheSameDocumentGivesTheSameBytes(t *testing.T) {
	var a, b bytes.Buffer
	if err := errors.Join(PDF(&a, doc("张三", 3), "x"), PDF(&b, doc("张三", 3), "x")); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("two runs differ")
	}
	if a.Len() > 200<<10 {
		t.Errorf("%d bytes for one page", a.Len())
	}
}

func TestAHoleInANameIsRefused(t *testing.T) {
	if err := PDF(&bytes.Buffer{}, doc("张𠀀", 1), "x"); !errors.Is(err, ErrGlyph) {
		t.Errorf("%v", err)
	}
	if err := PDF(&bytes.Buffer{}, doc("張䶮 龑 堃", 1), "x"); err != nil {
		t.Error(err)
	}
}

func TestWordsOutsideABlockAreNotLost(t *testing.T) {
	if err := PDF(&bytes.Buffer{}, []byte("<main><h1>a</h1>stray words</main>"), "x"); err == nil {
		t.Error("a sentence was dropped silently")
	}
}

func BenchmarkAgreementOfTwelve(b *testing.B) {
	in := doc("张三", 12)
	b.ReportAllocs()
	for b.Loop() {
		if err := PDF(&bytes.Buffer{}, in, "x"); err != nil {
			b.Fatal(err)
		}
	}
}
