package pages

import "testing"

func TestEveryPageSpeaksEveryLanguage(t *testing.T) {
	p, err := Load("bind")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, lang := range Languages {
		seen[p.Text(lang, "title")] = true
	}
	if len(seen) != len(Languages) || p.Text("fr", "title") != p.Text("zh-Hans", "title") {
		t.Errorf("%v", seen)
	}
	if _, err := Load("no such page"); err == nil {
		t.Error("a page that is not there was loaded")
	}
}

func TestLang(t *testing.T) {
	for header, want := range map[string]string{
		"": "zh-Hans", "zh-CN,zh;q=0.9": "zh-Hans", "zh-TW,en;q=0.5": "zh-Hant", "zh-Hant-HK": "zh-Hant", "en-GB;q=0.9": "en", "de, en;q=0.7": "en", "ja": "zh-Hans",
	} {
		if got := Lang(header); got != want {
			t.Errorf("%q: %s", header, got)
		}
	}
}
