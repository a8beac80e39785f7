package bot

import (
	"context"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// refusalWords stop proactive contact wherever they come from. They are the words of the carriers, not ours: whoever
// types one knows it from the foot of an SMS.
var refusalWords = map[string]bool{
	"退订": true, "退訂": true, "拒收": true, "取消订阅": true, "取消訂閱": true, "TD": true, "回T退订": true, "回TD退订": true,
	"STOP": true, "STOPALL": true, "UNSUBSCRIBE": true, "CANCEL": true, "END": true, "QUIT": true, "REVOKE": true, "OPTOUT": true,
}

// refusalLetters stop it only where our last SMS to that number offered just that letter: alone they mean anything.
const refusalLetters = "TNRD"

// optOutWord is the word by which a whole message refuses further contact, or empty. offered are the letters of our last SMS.
func optOutWord(text, offered string) string {
	w := bareWord(text)
	if refusalWords[w] || (len(w) == 1 && strings.Contains(refusalLetters, w) && strings.Contains(offered, w)) {
		return w
	}
	return ""
}

// resumeWords take a refusal back. Only whole messages count, and only while a refusal stands.
var resumeWords = map[string]bool{
	"START": true, "UNSTOP": true, "RESUME": true, "SUBSCRIBE": true, "OPTIN": true,
	"恢复": true, "恢復": true, "恢复接收": true, "恢復接收": true, "恢复短信": true, "恢復短信": true, "恢复通知": true, "恢復通知": true, "恢复订阅": true, "恢復訂閱": true,
	"开启": true, "開啟": true, "开启通知": true, "開啟通知": true, "开启短信": true, "開啟短信": true, "订阅": true, "訂閱": true, "重新订阅": true, "重新訂閱": true,
	"取消退订": true, "取消退訂": true, "取消拒收": true, "继续接收": true, "繼續接收": true,
}

// resumeWord is the word by which a whole message takes a refusal back, or empty.
func resumeWord(text string) string {
	if w := bareWord(text); resumeWords[w] {
		return w
	}
	return ""
}

// bareWord is a message without what people put around a word.
func bareWord(text string) string {
	var b strings.Builder
	for _, r := range norm.NFKC.String(text) {
		if !unicode.IsPunct(r) && !unicode.IsSpace(r) && !unicode.IsSymbol(r) {
			b.WriteRune(unicode.ToUpper(r))
		}
	}
	return b.String()
}

// offeredLetters finds the single letters a text offers for refusing: 回复T退订, 拒收请回复R, reply N to stop.
func offeredLetters(text string) string {
	up := strings.ToUpper(norm.NFKC.String(text))
	out := ""
	for _, lead := range []string{"回复", "回覆", "回", "REPLY "} {
		for rest := up; ; {
			_, after, ok := strings.Cut(rest, lead)
			if !ok {
				break
			}
			rest = after
			after = strings.TrimLeft(after, " “\"'「")
			if after == "" || !strings.ContainsRune(refusalLetters, rune(after[0])) || (len(after) > 1 && isLetter(after[1])) {
				continue
			}
			if !strings.Contains(out, after[:1]) {
				out += after[:1]
			}
		}
	}
	return out
}

func isLetter(c byte) bool { return c >= 'A' && c <= 'Z' }

// wordAlone is a message that needs no thought: nothing to read, or a word that refuses contact or takes that back.
func (b *Bot) wordAlone(ctx context.Context, c *InboxCommit, text string) (reply string, err error) {
	if text == "" {
		c.NoTurn = true
		return typePlease(c.Media), nil
	}
	if w := optOutWord(text, c.Address.Offered); w != "" {
		c.OptOut, c.NoTurn = w, true
		return "stop_contact", nil
	}
	if w := resumeWord(text); w != "" {
		may, err := b.store.MayResume(ctx, c.Address)
		if err != nil || !may { // with no refusal, or one that is not theirs alone to take back, it is a word like any other
			return "", err
		}
		c.Resume, c.NoTurn = w, true
		return replyResumed, nil
	}
	return "", nil
}

// typePlease asks for words by what came instead of them, and says of it no more than is true.
func typePlease(media []Media) string {
	switch {
	case len(media) == 0:
		return "channel_write_please"
	case media[0].Kind == "voice":
		return "channel_voice_please"
	}
	return "channel_type_please"
}
