package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// page evaluates in a tab, or in the chat's frame inside it.
type page struct {
	t   *testing.T
	tab context.Context
	mu  sync.Mutex
	ids []runtime.ExecutionContextID // of child frames, newest last
}

func openPage(t *testing.T, tab context.Context, url string) *page {
	t.Helper()
	p := &page{t: t, tab: tab}
	if err := chromedp.Listen(tab, p.heard); err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	if err := chromedp.Do(tab, chromedp.Navigate(url)); err != nil {
		t.Fatalf("open %s: %v", url, err)
	}
	return p
}

// heard keeps the scripting contexts of all frames: the chat's frame sits in a closed shadow root, which page scripts cannot enter.
func (p *page) heard(ev any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := ev.(type) {
	case *runtime.EventExecutionContextCreated:
		p.ids = append(p.ids, e.Context.ID)
	case *runtime.EventExecutionContextsCleared:
		p.ids = nil
	}
}

// eval runs js in the newest frame whose location matches path, and decodes what it returns.
func (p *page) eval(path, js string, out any) error {
	p.mu.Lock()
	ids := append([]runtime.ExecutionContextID(nil), p.ids...)
	p.mu.Unlock()
	wrapped := fmt.Sprintf(`(() => { if (location.pathname !== %q) return JSON.stringify({no:1}); return JSON.stringify({v: (%s)}) })()`, path, js)
	for i := len(ids) - 1; i >= 0; i-- {
		got, err := chromedp.Run(p.tab, chromedp.Evaluate[string](wrapped, func(e *runtime.EvaluateParams) {
			e.ContextID = ids[i]
			yes := true
			e.UserGesture = &yes
		}))
		if err != nil {
			continue // a frame that is gone
		}
		var r struct {
			No int             `json:"no"`
			V  json.RawMessage `json:"v"`
		}
		if json.Unmarshal([]byte(got), &r) != nil || r.No == 1 {
			continue
		}
		if out == nil || r.V == nil {
			return nil
		}
		return json.Unmarshal(r.V, out)
	}
	return fmt.Errorf("no frame at %s", path)
}

// wait until js is true; the failure shows what the frame says.
func (p *page) wait(path, what, js string) {
	p.t.Helper()
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(60 * time.Millisecond) {
		var ok bool
		if p.eval(path, "!!("+js+")", &ok) == nil && ok {
			return
		}
	}
	var text string
	_ = p.eval(path, "document.body.innerText", &text)
	p.t.Fatalf("%s did not happen; the page says:\n%s", what, text)
}

func (p *page) do(path, what, js string) {
	p.t.Helper()
	p.wait(path, what, "(() => { const e = "+js+"; if (!e || e.disabled) return false; e.click(); return true })()")
}

// button finds a visible button by its exact or leading text.
func button(text string) string {
	return fmt.Sprintf(`[...document.querySelectorAll('button')].findLast(b => b.innerText.trim().startsWith(%q) && b.offsetParent !== null)`, text)
}

func has(text string) string { return fmt.Sprintf(`document.body.innerText.includes(%q)`, text) }

const chatPath = "/chat"

// say types into the composer and sends.
func (p *page) say(text string) {
	p.t.Helper()
	p.wait(chatPath, "typing "+text, fmt.Sprintf(`(() => { const a = document.querySelector('hj-composer textarea'); if (!a) return false;
		a.value = %q; a.dispatchEvent(new Event('input', {bubbles: true})); return true })()`, text))
	p.do(chatPath, "sending "+text, `document.querySelector('hj-composer button.send')`)
}

func (p *page) count(js string) int {
	p.t.Helper()
	var n int
	if err := p.eval(chatPath, js, &n); err != nil {
		p.t.Fatal(err)
	}
	return n
}

func bubbles(text string) string {
	return fmt.Sprintf(`[...document.querySelectorAll('.msg .bubble')].filter(b => b.innerText.trim() === %q).length`, text)
}

// TestMainJobInABrowser plays what the product is for, on the running demo, with nothing replaced.
func TestMainJobInABrowser(t *testing.T) {
	app, line := startDemo(t)
	debtor := openPage(t, browser(t, 1440, 900), "http://"+line.addr()+"/")
	debtor.do("/", "signing in as the first sample", button("张伟"))
	debtor.wait("/", "the widget", `window.Hejie && window.Hejie.open`)
	if err := debtor.eval("/", "window.Hejie.open()", nil); err != nil {
		t.Fatal(err)
	}
	debtor.wait(chatPath, "the welcome to somebody signed in", has("身份已核对"))

	debtor.say("我一共欠多少")
	debtor.wait(chatPath, "the balance card", has("11,821.40"))
	debtor.say("想分6期，每月15号")
	debtor.wait(chatPath, "an agreement over 6", `document.querySelectorAll('label.tick input').length > 0 && `+has("6 期"))
	debtor.say("太多了，改成12期")
	debtor.wait(chatPath, "an agreement over 12", has("12 期")+` && [...document.querySelectorAll('section.card')].some(c => c.querySelector('label.tick') && c.innerText.includes('12 期'))`)
	debtor.wait(chatPath, "that the tick is not pre-set", `![...document.querySelectorAll('label.tick input')].at(-1).checked`)
	debtor.do(chatPath, "the tick", `[...document.querySelectorAll('label.tick input')].at(-1)`)
	debtor.do(chatPath, "the yes", `[...document.querySelectorAll('button.btn.main')].at(-1)`)
	debtor.wait(chatPath, "the confirmation", `document.querySelector('.note.ok') !== null`)
	openAgreement(t, debtor)
	payLink(t, debtor)

	console := takeOver(t, line.addr())
	debtor.say("我想找人工")
	console.wait("/console", "the conversation in the queue", has("张"))
	agentSpeaks(t, console, debtor)
	cutLine(debtor, line)

	debtor.say("我真的不想活了")
	debtor.wait(chatPath, "the helpline", has("12356"))
	if n := debtor.count(`[...document.querySelectorAll('footer button')].filter(b => b.innerText.includes('我有异议')).length`); n != 0 {
		t.Error("money is still on the crisis screen")
	}
	if _, bad, err := app.core.store.VerifyAudit(context.Background()); err != nil || bad != 0 {
		t.Errorf("audit: first bad line %d, %v", bad, err)
	}
}

// openAgreement presses "open", reads the document, and sees that its hash is the one the card promised.
func openAgreement(t *testing.T, p *page) {
	t.Helper()
	p.do(chatPath, "opening the agreement", `[...document.querySelectorAll('.doc button')].at(-1)`)
	p.wait(chatPath, "the document's text", `document.querySelector('article.paper')?.innerText.includes('11,821.40')`)
	p.wait(chatPath, "the hash to agree", `document.querySelector('dialog .note.ok') !== null`)
	p.do(chatPath, "closing the document", `[...document.querySelectorAll('dialog .paper-bar button')].at(-1)`)
}

// payLink asks how to pay: what our side names can be pressed and leads where it says, what the debtor wrote stays plain.
func payLink(t *testing.T, p *page) {
	t.Helper()
	p.say("怎么还款，是 https://example.org/pay 吗")
	p.wait(chatPath, "the creditor's link", `[...document.querySelectorAll('.msg.bot .bubble a')].some(a => a.href.endsWith('/pay') && a.textContent === a.href && a.target === '_blank' && a.relList.contains('noopener'))`)
	if n := p.count(`document.querySelectorAll('.msg.user .bubble a').length`); n != 0 {
		t.Errorf("%d links in the debtor's own words", n)
	}
}

func takeOver(t *testing.T, addr string) *page {
	t.Helper()
	return openConsole(t, "http://"+addr+"/console", demoLogin, demoPassword)
}

// openConsole signs in at an address of the console in a browser of its own.
func openConsole(t *testing.T, url, login, password string) *page {
	t.Helper()
	c := openPage(t, browser(t, 1440, 900), url)
	c.wait("/console", "the sign-in form", `document.querySelectorAll('input').length >= 2`)
	c.wait("/console", "filling the form", fmt.Sprintf(`(() => { const set = (e, v) => { Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(e, v); e.dispatchEvent(new Event('input', {bubbles: true})) };
		const [a, b] = document.querySelectorAll('input'); set(a, %q); set(b, %q); return true })()`, login, password))
	c.do("/console", "signing in", `document.querySelector('form button[type=submit]')`)
	return c
}

// agentSpeaks takes over, is stopped once, adopts lawful words, sends them and hands back.
func agentSpeaks(t *testing.T, c, debtor *page) {
	t.Helper()
	c.do("/console", "opening the conversation", `document.querySelector('.queue button.line')`)
	c.do("/console", "taking over", button("接管"))
	c.wait("/console", "the composer", `document.querySelector('.composer textarea:not([disabled])')`)
	compose := func(text string) {
		c.wait("/console", "writing", fmt.Sprintf(`(() => { const e = document.querySelector('.composer textarea'); Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set.call(e, %q);
			e.dispatchEvent(new Event('input', {bubbles: true})); return true })()`, text))
	}
	compose("再不还款你就要坐牢")
	c.wait("/console", "the filter's objection", has("T02"))
	compose("您好，我是人工客服林倩，您慢慢说。")
	c.wait("/console", "the objection to go", "!"+has("T02"))
	c.do("/console", "leaving for another page", `[...document.querySelectorAll('.rail button')].find(b => b.innerText.includes('政策'))`)
	c.wait("/console", "the other page", `document.querySelector('.page .authority') !== null`)
	c.do("/console", "coming back", `[...document.querySelectorAll('.rail button')].find(b => b.innerText.includes('会话'))`)
	c.wait("/console", "the unsent words to be still there", `document.querySelector('.composer textarea')?.value.includes('您慢慢说')`)
	c.do("/console", "sending", `document.querySelector('.composer .sendrow button:not([disabled])')`)
	debtor.wait(chatPath, "the agent's words", has("您慢慢说"))
	if debtor.count(fmt.Sprintf(`%s ? 1 : 0`, has("坐牢"))) != 0 {
		t.Error("the stopped words arrived")
	}
	c.wait("/console", "nobody to wait for words", "!"+has("待回复"))
	debtor.say("好的，我想想")
	c.wait("/console", "the debtor to wait for words", has("待回复"))
	c.do("/console", "asking for the proof", `[...document.querySelectorAll('.proofkey')].at(-1)`)
	c.wait("/console", "the line of the audit", `/^[0-9a-f]{64}$/.test(document.querySelector('.proof .copytext code')?.innerText ?? '')`)
	c.do("/console", "handing back", button("交还"))
	debtor.wait(chatPath, "the bot to be back", `document.querySelectorAll('li.notice').length >= 2 && !`+has("正在和您沟通"))
}

// cutLine drops the connection while the debtor writes; nothing may be lost or doubled.
func cutLine(p *page, l *line) {
	p.t.Helper()
	l.cut(true)
	const text = "断线时写的话：我还欠多少"
	p.say(text)
	time.Sleep(1500 * time.Millisecond)
	l.mend()
	p.wait(chatPath, "the message to be delivered", strings.ReplaceAll(bubbles(text), ".length", ".length === 1")+` && document.querySelectorAll('.msg.user .again').length === 0`)
	l.cut(false)
	time.Sleep(time.Second)
	p.wait(chatPath, "one bubble after the second cut", bubbles(text)+" === 1")
}
