package webchat

import (
	"net/http"
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"hejie/bot"
	"hejie/bot/guard"
)

func contains(s, sub string) bool { return strings.Contains(s, sub) }

func origin(w *world) http.Header { return http.Header{"Origin": {w.srv.URL}} }

func identified(c jwt.MapClaims) { c["acr"] = "identified" }

// put writes an outbound row that was cleared some other day, without judging it again: for what Recall decides.
func (d *memDesk) put(conv string, parts ...guard.Part) {
	d.mu.Lock()
	m := d.append(bot.Message{ConvID: conv, Direction: "out", Author: "bot", Kind: "text", Parts: parts, Lang: "zh-Hans", State: "sent"})
	d.rows[conv][m.Seq-1].ClearanceID = "c-" + m.ID
	d.mu.Unlock()
	d.bus.Publish(bot.Event{Kind: "message", ConvID: conv, Seq: m.Seq})
}

func part(text string) guard.Part { return guard.Part{Role: "body", Text: text} }

func card(text, data string) guard.Part {
	return guard.Part{Role: "card", Text: text, Data: []byte(data)}
}
