package webchat

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hejie/bot"
	"hejie/bot/guard"
	"hejie/flows"
)

// Desk is what the chat needs of the bot.
type Desk interface {
	// Open opens or continues a conversation and queues the welcome of a new one.
	Open(ctx context.Context, o bot.Opening) (bot.Conversation, error)
	Conversation(ctx context.Context, id string) (bot.Conversation, error)
	// Receive returns once the message is durable.
	Receive(ctx context.Context, in bot.Inbound) (bot.Accepted, error)
	Seen(ctx context.Context, convID, what string, seq int64) error // delivered | read
	Typing(convID string, on bool)                                  // by the debtor
	// Recall reads rows with seq > after, oldest first, each judged for a reader of this assurance.
	Recall(ctx context.Context, convID string, assurance flows.Identity, after int64, limit int) ([]bot.Recalled, error)
	// Quote answers a stepper from the rules engine; nothing becomes durable.
	Quote(ctx context.Context, convID string, a flows.Action) (guard.Cleared, error)
	Agreement(ctx context.Context, convID, id string) (bot.Document, error)
}

// Options of a Channel. Desk, Sessions, Tenants and Bus are required.
type Options struct {
	Desk     Desk
	Sessions bot.Sessions
	Tenants  func(ctx context.Context, id string) (bot.Tenant, error) // bot.ErrNotFound
	Bus      bot.Bus
	Now      func() time.Time
	// AllowedOrigins are exact scheme://host[:port]. The chat runs in an iframe of our own origin, so this is
	// the server's public URL; portals are listed only when they talk to it directly.
	AllowedOrigins []string
	// TrustedClientIP finds the client behind the proxies the operator trusts; nil takes the peer's address.
	TrustedClientIP func(*http.Request) string
	Limits          Limits
	Log             *slog.Logger
}

// Channel is the web chat: a bot.Channel named "web" and an http.Handler.
type Channel struct {
	desk     Desk
	sessions bot.Sessions
	tenants  func(ctx context.Context, id string) (bot.Tenant, error)
	bus      bot.Bus
	now      func() time.Time
	origins  map[string]bool
	clientIP func(*http.Request) string
	lim      Limits
	log      *slog.Logger

	hub      *hub
	messages *keyed // per session
	frames   *keyed // per session, over the fallback
	requests *keyed // per session, reads
	openings *keyed // per address

	events   <-chan bot.Event
	unlisten func()
}

var _ bot.Channel = (*Channel)(nil)

// New checks the options and starts to listen on the bus; Run must follow.
func New(o Options) (*Channel, error) {
	if o.Desk == nil || o.Sessions == nil || o.Tenants == nil || o.Bus == nil {
		return nil, errors.New("webchat: Desk, Sessions, Tenants and Bus are required")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.TrustedClientIP == nil {
		o.TrustedClientIP = peerIP
	}
	c := &Channel{
		desk: o.Desk, sessions: o.Sessions, tenants: o.Tenants, bus: o.Bus, now: o.Now, log: o.Log,
		clientIP: o.TrustedClientIP, lim: o.Limits.withDefaults(), origins: map[string]bool{},
	}
	for _, s := range o.AllowedOrigins {
		origin, err := exactOrigin(s)
		if err != nil {
			return nil, err
		}
		c.origins[origin] = true
	}
	if len(c.origins) == 0 {
		return nil, errors.New("webchat: AllowedOrigins is empty: no browser could connect")
	}
	c.hub = newHub(c.lim)
	c.messages = newKeyed(c.lim.MsgPerMin, c.lim.MsgBurst)
	c.frames = newKeyed(c.lim.FramesPerMin, c.lim.FramesPerMin)
	// A long poll comes back at each message of either side: reads need more room than frames.
	c.requests = newKeyed(4*c.lim.FramesPerMin, 4*c.lim.FramesPerMin)
	c.openings = newKeyed(c.lim.SessionsPerIP, c.lim.SessionsPerIP)
	c.events, c.unlisten = o.Bus.Subscribe()
	return c, nil
}

// exactOrigin normalises a configured origin: lower case, no path, default port dropped as browsers do.
func exactOrigin(s string) (string, error) {
	u, err := url.Parse(strings.ToLower(strings.TrimSuffix(strings.TrimSpace(s), "/")))
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.Path != "" || u.RawQuery != "" || u.User != nil {
		return "", fmt.Errorf("webchat: %q is not an origin (scheme://host[:port])", s)
	}
	if (u.Scheme == "http" && u.Port() == "80") || (u.Scheme == "https" && u.Port() == "443") {
		u.Host = strings.TrimSuffix(u.Host, ":"+u.Port())
	}
	return u.Scheme + "://" + u.Host, nil
}

func peerIP(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// Name of the channel.
func (c *Channel) Name() string { return "web" }

// Send wakes every socket of the conversation. The words travel by the transcript, not by this call: each socket reads on
// from where it stands. "sent" means that at least one live socket was told; otherwise the row waits for the next one.
func (c *Channel) Send(_ context.Context, cl guard.Cleared) (bot.Receipt, error) {
	if err := cl.Made(); err != nil {
		return bot.Receipt{State: "failed"}, fmt.Errorf("webchat: %w", err)
	}
	if to := cl.To(); to.Channel != c.Name() {
		return bot.Receipt{State: "failed"}, fmt.Errorf("webchat: asked to send on channel %q", to.Channel)
	}
	if c.hub.poke(cl.To().ConversationID, cl.Seq()) == 0 {
		return bot.Receipt{State: "waiting"}, nil
	}
	return bot.Receipt{State: "sent"}, nil
}

// Connected counts sockets, streams and waiting polls, for metrics.
func (c *Channel) Connected() int { return c.hub.count() }

// Handler serves the protocol and its reads.
func (c *Channel) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ws/v1/chat", c.serveSocket)
	mux.HandleFunc("POST /api/v1/chat/session", c.openSession)
	mux.HandleFunc("POST /api/v1/chat/session/revoke", c.revokeSessions)
	mux.HandleFunc("POST /api/v1/chat/{conv}/frames", c.authed(c.postFrame))
	mux.HandleFunc("GET /api/v1/chat/{conv}/events", c.authed(c.streamEvents))
	mux.HandleFunc("GET /api/v1/chat/{conv}/poll", c.authed(c.longPoll))
	mux.HandleFunc("GET /api/v1/chat/{conv}/messages", c.authed(c.listMessages))
	mux.HandleFunc("POST /api/v1/chat/{conv}/quote", c.authed(c.quote))
	mux.HandleFunc("GET /api/v1/chat/{conv}/agreements/{id}", c.authed(c.agreement))
	mux.HandleFunc("GET /api/v1/chat/{conv}/export", c.authed(c.export))
	return mux
}

// Run passes events on until ctx ends, then says goodbye to every socket and waits for them to be gone.
func (c *Channel) Run(ctx context.Context) error {
	defer c.unlisten()
	for {
		select {
		case <-ctx.Done():
			if left := c.hub.drain(c.lim.DrainWait); left > 0 {
				return fmt.Errorf("webchat: %d sockets did not close in time", left)
			}
			return nil
		case e, ok := <-c.events:
			if !ok {
				return errors.New("webchat: the bus closed")
			}
			c.onEvent(e)
		}
	}
}

func (c *Channel) onEvent(e bot.Event) {
	switch e.Kind {
	case "message":
		c.hub.poke(e.ConvID, e.Seq)
	case "lost":
		c.hub.pokeAll()
	case "typing":
		if e.Agent {
			// The agent's name is left out: it is a word, and only a cleared text may carry one.
			c.hub.each(e.ConvID, func(cl *client) { cl.push(outFrame{T: "typing", TS: stamp(c.now()), P: onIn{On: e.On}}) })
		}
	case "session_revoked":
		c.hub.each(e.ConvID, func(cl *client) { cl.recheckSession() })
	}
}
