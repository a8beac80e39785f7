package webchat

import "time"

// Limits are the numbers of the protocol. Zero fields take the defaults.
type Limits struct {
	FrameBytes    int // largest frame accepted
	OutBytes      int // largest frame sent
	TextRunes     int
	MsgBurst      int
	MsgPerMin     int // messages per session, over all its tabs and the fallback
	FramesPerMin  int // frames of any type per socket
	PerSession    int // sockets of one session; one more closes the oldest
	PerIP         int // sockets of one address; one more is refused
	SessionsPerIP int // new sessions per minute and address
	SendQueue     int // frames a slow client may fall behind
	ResumeMax     int // further behind than this, history is fetched instead of replayed
	Page          int // rows read from the transcript at once

	Hello         time.Duration // first frame within
	Ping          time.Duration
	ReadWait      time.Duration // silence before a socket counts as dead
	WriteWait     time.Duration
	SeenEvery     time.Duration // delivered / read marks are stored at most this often
	TypingEvery   time.Duration
	StrikeWindow  time.Duration // the third violation within it closes the socket
	Strikes       int
	Heartbeat     time.Duration // of server-sent events
	PollWait      time.Duration // longest long poll
	SessionSlide  time.Duration // a session unused this long is over
	SessionMax    time.Duration // and this long after its start in any case
	CloseGrace    time.Duration // wait for the peer's half of the closing handshake
	DrainWait     time.Duration // shutdown waits this long for sockets to say goodbye
	CommitWait    time.Duration // longest wait for the transcript to take a message
	RetryRecall   time.Duration // after the transcript could not be read
	HostTokenLife time.Duration // exp - iat of a host token at most
	Leeway        time.Duration // clock difference forgiven to a host
}

// DefaultLimits are those of the protocol.
func DefaultLimits() Limits {
	return Limits{
		FrameBytes: 16 << 10, OutBytes: 64 << 10, TextRunes: 4000,
		MsgBurst: 5, MsgPerMin: 20, FramesPerMin: 60, PerSession: 5, PerIP: 20, SessionsPerIP: 20,
		SendQueue: 128, ResumeMax: 200, Page: 100,
		Hello: 5 * time.Second, Ping: 25 * time.Second, ReadWait: 60 * time.Second, WriteWait: 10 * time.Second,
		SeenEvery: time.Second, TypingEvery: 2 * time.Second, StrikeWindow: 10 * time.Second, Strikes: 3,
		Heartbeat: 15 * time.Second, PollWait: 25 * time.Second,
		SessionSlide: 12 * time.Hour, SessionMax: 24 * time.Hour,
		CloseGrace: time.Second, DrainWait: 10 * time.Second, CommitWait: 10 * time.Second, RetryRecall: time.Second,
		HostTokenLife: 5 * time.Minute, Leeway: time.Minute,
	}
}

// withDefaults fills what the caller left at zero.
func (l Limits) withDefaults() Limits {
	d := DefaultLimits()
	for _, f := range []struct{ have, def *int }{
		{&l.FrameBytes, &d.FrameBytes}, {&l.OutBytes, &d.OutBytes}, {&l.TextRunes, &d.TextRunes},
		{&l.MsgBurst, &d.MsgBurst}, {&l.MsgPerMin, &d.MsgPerMin}, {&l.FramesPerMin, &d.FramesPerMin},
		{&l.PerSession, &d.PerSession}, {&l.PerIP, &d.PerIP}, {&l.SessionsPerIP, &d.SessionsPerIP},
		{&l.SendQueue, &d.SendQueue}, {&l.ResumeMax, &d.ResumeMax}, {&l.Page, &d.Page}, {&l.Strikes, &d.Strikes},
	} {
		if *f.have <= 0 {
			*f.have = *f.def
		}
	}
	for _, f := range []struct{ have, def *time.Duration }{
		{&l.Hello, &d.Hello}, {&l.Ping, &d.Ping}, {&l.ReadWait, &d.ReadWait}, {&l.WriteWait, &d.WriteWait},
		{&l.SeenEvery, &d.SeenEvery}, {&l.TypingEvery, &d.TypingEvery}, {&l.StrikeWindow, &d.StrikeWindow},
		{&l.Heartbeat, &d.Heartbeat}, {&l.PollWait, &d.PollWait}, {&l.SessionSlide, &d.SessionSlide},
		{&l.SessionMax, &d.SessionMax}, {&l.CloseGrace, &d.CloseGrace}, {&l.DrainWait, &d.DrainWait},
		{&l.CommitWait, &d.CommitWait}, {&l.RetryRecall, &d.RetryRecall}, {&l.HostTokenLife, &d.HostTokenLife},
		{&l.Leeway, &d.Leeway},
	} {
		if *f.have <= 0 {
			*f.have = *f.def
		}
	}
	return l
}
