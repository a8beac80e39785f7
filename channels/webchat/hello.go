package webchat

import (
	"context"

	"hejie/bot"
)

// Answers to a resume.
const (
	resumeNew   = "new"
	resumeOK    = "ok"
	resumeGap   = "gap"   // too far behind: nothing is replayed, history is fetched
	resumeReset = "reset" // other epoch, or ahead of us: drop the cache
)

// plan decides where a client reads on from. There is never a partial replay: all it misses, or nothing.
func plan(conv bot.Conversation, last int64, epoch string, most int) (resume string, start int64) {
	switch {
	case last < 0 || last > conv.HeadSeq || (epoch != "" && epoch != conv.Epoch):
		resume, start = resumeReset, 0
	case last == 0:
		resume, start = resumeNew, 0
	default:
		resume, start = resumeOK, last
	}
	if conv.HeadSeq-start <= int64(most) {
		return resume, start
	}
	if resume != resumeReset {
		resume = resumeGap // a reset is a reset first; replay_from tells that history is to be fetched
	}
	return resume, conv.HeadSeq
}

// hello authenticates the socket and answers with where the conversation stands.
func (r *reader) hello(f inFrame) {
	cl, c := r.cl, r.cl.ch
	var h helloIn
	if f.T != "hello" || decodePayload(f, &h) != nil {
		cl.refuse(&wireError{Code: codeBadFrame, Close: closeProtocol}, f.ID, "")
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), c.lim.CommitWait)
	defer cancel()
	who, werr := c.authenticate(ctx, h.Token)
	if werr == nil && h.Conv != "" && h.Conv != who.session.ConvID {
		werr = &wireError{Code: codeNotFound, Close: closeNone}
	}
	if werr != nil {
		cl.refuse(werr, f.ID, "")
		return
	}
	cl.who, cl.cid = who, who.session.ConvID
	c.touch(ctx, who)
	c.hub.bind(cl) // before the head is read, so that no poke falls between
	conv, err := c.desk.Conversation(ctx, cl.cid)
	if err != nil {
		c.logUnknown("conversation", err)
		e := fromBot(err)
		if e.Close == 0 {
			e.Close = closeInternal
		}
		cl.refuse(e, f.ID, "")
		return
	}
	r.greeted = true
	_ = r.extend()
	resume, start := plan(conv, h.LastSeq, h.Epoch, c.lim.ResumeMax)
	w := c.welcome(who, conv, resume, start)
	cl.greet(outFrame{T: "welcome", Re: f.ID, TS: stamp(c.now()), P: w}, start, conv.HeadSeq)
}

func (c *Channel) welcome(who *party, conv bot.Conversation, resume string, start int64) welcomeOut {
	return welcomeOut{
		Conv: conv.ID, Epoch: conv.Epoch, HeadSeq: conv.HeadSeq, Resume: resume, ReplayFrom: start + 1,
		SessExp: stamp(who.expiry(c.lim)), State: string(conv.Control), Assurance: who.assurance(conv),
		Limits: map[string]int{
			"text_runes": c.lim.TextRunes, "frame_bytes": c.lim.FrameBytes, "msg_burst": c.lim.MsgBurst,
			"msg_per_min": c.lim.MsgPerMin, "frames_per_min": c.lim.FramesPerMin, "resume_max": c.lim.ResumeMax,
		},
	}
}
