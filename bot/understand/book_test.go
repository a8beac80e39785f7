package understand

import "testing"

func TestPhrasesLoad(t *testing.T) {
	g, err := New()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d rules, %d patterns, %d trie nodes", len(g.book.rules), len(g.book.patterns), g.book.heads.nodes)
}
