package webchat

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"hejie/bot"
	"hejie/bot/paper"
	"hejie/flows"
)

type messagesOut struct {
	Frames  []outFrame `json:"frames"`
	HeadSeq int64      `json:"head_seq"`
	Epoch   string     `json:"epoch"`
	More    bool       `json:"more"`
}

// listMessages is how a page that was away too long fetches history.
func (c *Channel) listMessages(w http.ResponseWriter, r request) {
	after, ok := seqParam(r, "")
	if !ok {
		respondError(w, fail(codeBadFrame))
		return
	}
	rows, err := c.recall(r.Context(), r.who, after)
	if err != nil {
		c.logUnknown("recall", err)
		respondError(w, fromBot(err))
		return
	}
	out := messagesOut{Frames: make([]outFrame, 0, len(rows)), HeadSeq: r.conv.HeadSeq, Epoch: r.conv.Epoch}
	for _, m := range rows {
		out.Frames = append(out.Frames, row(m))
		out.HeadSeq = max(out.HeadSeq, m.Message.Seq)
	}
	if n := len(rows); n > 0 {
		out.More = rows[n-1].Message.Seq < out.HeadSeq
	}
	respond(w, http.StatusOK, out)
}

// quote answers a stepper. The numbers are the rules engine's, cleared like every other word; nothing is kept.
func (c *Channel) quote(w http.ResponseWriter, r request) {
	raw, werr := c.body(w, r.Request)
	if werr != nil {
		respondError(w, werr)
		return
	}
	var a actionIn
	if json.Unmarshal(raw, &a) != nil || (a.Name != "" && a.Name != "counter") || a.Count < 0 || a.Monthly < 0 {
		respondError(w, fail(codeBadFrame))
		return
	}
	if r.who.assurance(r.conv) != flows.Verified {
		respondError(w, fail(codeVerify))
		return
	}
	a.Name = "counter"
	cleanFields(&a)
	cl, err := c.desk.Quote(r.Context(), r.conv.ID, a.action())
	if err == nil {
		err = cl.Made()
	}
	if err != nil {
		c.logUnknown("quote", err)
		respondError(w, fromBot(err))
		return
	}
	out := speak(cl.Parts())
	out.From.Role = "bot"
	respond(w, http.StatusOK, out)
}

// documentCSP lets an agreement show its own styles and do nothing else.
const documentCSP = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"

// agreement serves the text of an agreement of this conversation, byte for byte as it was hashed.
func (c *Channel) agreement(w http.ResponseWriter, r request) {
	if r.who.assurance(r.conv) != flows.Verified {
		respondError(w, fail(codeVerify))
		return
	}
	doc, err := c.desk.Agreement(r.Context(), r.conv.ID, r.PathValue("id"))
	if err == nil && doc.ConvID != r.conv.ID {
		err = bot.ErrNotFound
	}
	if err != nil {
		c.logUnknown("agreement", err)
		respondError(w, fromBot(err))
		return
	}
	body, kind, ext := doc.HTML, "text/html; charset=utf-8", ".html"
	if r.URL.Query().Get("format") == "pdf" {
		var b bytes.Buffer
		if err := paper.PDF(&b, doc.HTML, doc.SHA256); err != nil {
			c.log.Error("agreement as PDF: the HTML is served instead", "document", doc.ID, "why", err.Error())
		} else {
			body, kind, ext = b.Bytes(), "application/pdf", ".pdf"
		}
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", "inline; filename*=UTF-8''"+url.PathEscape(doc.ID)+ext)
	h.Set("Content-Security-Policy", documentCSP)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Document-Sha256", doc.SHA256)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body)
}

// exported is one line of a debtor's own transcript.
type exported struct {
	Seq int64  `json:"seq"`
	At  string `json:"at"`
	// AIGenerated keeps the label that a machine wrote this, wherever the file goes.
	AIGenerated bool   `json:"ai_generated"`
	Type        string `json:"type"` // msg | agent
	Content     any    `json:"content"`
}

// export streams the whole transcript as one JSON object.
func (c *Channel) export(w http.ResponseWriter, r request) {
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Disposition", "attachment; filename*=UTF-8''chat-"+url.PathEscape(r.conv.ID)+".json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	head, err := json.Marshal(map[string]any{
		"conversation_id": r.conv.ID, "creditor_id": r.conv.CreditorID, "exported_at": stamp(c.now()),
		"started_at": stamp(time.UnixMilli(r.conv.CreatedMS)), "assurance": r.who.assurance(r.conv),
	})
	if err != nil {
		respondError(w, fail(codeInternal))
		return
	}
	if _, err := w.Write(append(head[:len(head)-1], `,"messages":[`...)); err != nil {
		return
	}
	if err := c.exportRows(w, r); err != nil {
		// The object stays open on purpose: a cut file must not read as a complete one.
		c.log.Error("webchat: export broke off", "conversation", r.conv.ID, "err", err)
		return
	}
	_, _ = w.Write([]byte("]}\n"))
}

func (c *Channel) exportRows(w http.ResponseWriter, r request) error {
	after, first := int64(0), true
	for {
		rows, err := c.recall(r.Context(), r.who, after)
		if err != nil {
			return err
		}
		for _, m := range rows {
			raw, err := json.Marshal(exportLine(m))
			if err != nil {
				return err
			}
			if !first {
				raw = append([]byte{','}, raw...)
			}
			if _, err := w.Write(raw); err != nil {
				return errors.Join(errPeer, err)
			}
			first, after = false, m.Message.Seq
		}
		if len(rows) < c.lim.Page {
			return nil
		}
	}
}

func exportLine(m bot.Recalled) exported {
	f := row(m)
	return exported{
		Seq: f.Seq, At: f.TS, Type: f.T, Content: f.P,
		AIGenerated: m.Message.Direction == "out" && role(m.Message) == "bot",
	}
}
