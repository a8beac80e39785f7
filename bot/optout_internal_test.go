package bot

import "testing"

func TestOptOutWords(t *testing.T) {
	for text, want := range map[string]bool{
		"退订": true, " td ": true, "ＴＤ": true, "Stop.": true, "STOP ALL": true, "回T退订": true, "取消订阅！": true, "拒收": true, "opt-out": true,
		"T": false, "n": false, "我要退订短信": false, "please stop": false, "": false, "end of month": false,
	} {
		if got := optOutWord(text, "") != ""; got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	for offer, letters := range map[string]string{"拒收请回复R": "R", "回T退订": "T", "Reply N to stop": "N", "回复TD退订": "", "回复数字1": "", "reply to us": ""} {
		if got := offeredLetters(offer); got != letters {
			t.Errorf("%q offers %q, want %q", offer, got, letters)
		}
	}
	if optOutWord("t。", "T") == "" || optOutWord("N", "T") != "" {
		t.Error("a single letter counts where it was offered, and only there")
	}
}
