package bot

import (
	"context"

	"hejie/bot/guard"
	"hejie/flows"
)

// Session is one debtor's browser: an opaque token (only its hash is stored) bound to one conversation.
type Session struct {
	TokenHash  string         `db:"token_hash"` // hex sha-256 of the token
	ConvID     string         `db:"conv_id"`
	CreditorID string         `db:"creditor_id"`
	Subject    string         `db:"subject"` // host's sub, empty for a visitor
	Assurance  flows.Identity `db:"assurance"`
	CreatedMS  int64          `db:"created_ms"`
	SeenMS     int64          `db:"seen_ms"`    // 12 h sliding
	ExpiresMS  int64          `db:"expires_ms"` // 24 h at most
	Revoked    bool           `db:"revoked"`
}

// Sessions keeps them (web chat's port).
type Sessions interface {
	CreateSession(ctx context.Context, s Session) error
	SessionByHash(ctx context.Context, tokenHash string) (Session, error) // ErrNotFound
	TouchSession(ctx context.Context, tokenHash string, nowMS int64) error
	RevokeSessions(ctx context.Context, creditorID, subject string) (convIDs []string, err error)
	// UseTokenID records a host token's jti; ErrConflict when it was used before.
	UseTokenID(ctx context.Context, creditorID, jti string, expiresMS int64) error
	// ConversationOf finds the open web conversation of a known debtor, to be continued. ErrNotFound.
	ConversationOf(ctx context.Context, creditorID, debtorID, channel string) (Conversation, error)
}

// Tenant is a creditor with what the portal needs to know of it.
type Tenant struct {
	flows.Creditor
	HostSecret     []byte   `json:"-"` // HS256 key its portal signs identity tokens with (>= 32 bytes)
	FrameAncestors []string `json:"frame_ancestors"`
}

// AgentUser is a person at the desk.
type AgentUser struct {
	ID           string `db:"id" json:"id"`
	Login        string `db:"login" json:"login"`
	Name         string `db:"name" json:"name"`
	Role         string `db:"role" json:"role"` // agent | supervisor | compliance | admin
	PasswordHash string `db:"password_hash" json:"-"`
	Disabled     bool   `db:"disabled" json:"disabled"`
	CreatedMS    int64  `db:"created_ms" json:"created_ms"`
}

// QueueItem is one line of the console's left column.
type QueueItem struct {
	Conversation
	DebtorName string `db:"debtor_name" json:"debtor_name"`
	DebtType   string `db:"debt_type" json:"debt_type"`
	AgentName  string `db:"agent_name" json:"agent_name"`
	LastText   string `db:"last_text" json:"last_text"` // last inbound message
	LastAuthor string `db:"last_author" json:"last_author"`
	HeldDrafts int    `db:"held_drafts" json:"held_drafts"`
	HoldReason string `db:"hold_reason" json:"hold_reason"`
}

// Note is private: no debtor ever sees it.
type Note struct {
	ID        string `db:"id" json:"id"`
	ConvID    string `db:"conv_id" json:"conversation_id"`
	AgentID   string `db:"agent_id" json:"agent_id"`
	AgentName string `db:"agent_name" json:"agent_name"`
	Text      string `db:"body" json:"text"`
	AtMS      int64  `db:"at_ms" json:"at_ms"`
}

// AuditLine is one record of the hash chain as an officer reads it.
type AuditLine struct {
	N        int64         `json:"n"`
	ID       string        `json:"id"`
	AtMS     int64         `json:"at_ms"`
	Kind     string        `json:"kind"` // clearance | stopped | control | unmask | identity | arrangement | hold | case | sign_in | …
	Actor    string        `json:"actor"`
	ConvID   string        `json:"conversation_id"`
	Verdict  guard.Verdict `json:"verdict"`
	Detail   string        `json:"detail"` // JSON
	Hash     string        `json:"hash"`
	PrevHash string        `json:"prev_hash"`
}

// Console is what the agents' pages read and write (web's port).
type Console interface {
	AgentByLogin(ctx context.Context, login string) (AgentUser, error)
	Agent(ctx context.Context, id string) (AgentUser, error)
	AddAgent(ctx context.Context, a AgentUser) error
	// Queue lists conversations, crisis first, then longest waiting; filter: all | waiting | mine | held | crisis.
	Queue(ctx context.Context, creditorID, agentID, filter, search string, limit int) ([]QueueItem, error)
	QueueCounts(ctx context.Context, creditorID, agentID string) (map[string]int, error)
	AddNote(ctx context.Context, n Note) error
	Notes(ctx context.Context, convID string) ([]Note, error)
	Audit(ctx context.Context, convID string, after int64, limit int) ([]AuditLine, error)
	// LogAudit appends one line to the chain outside a send (sign-in, unmasking …).
	LogAudit(ctx context.Context, kind, actor, convID string, detail any) error
	// AgentSession… keep scs sessions (token hashed by scs).
	SessionFind(ctx context.Context, token string) (data []byte, ok bool, err error)
	SessionCommit(ctx context.Context, token string, data []byte, expiryMS int64) error
	SessionDelete(ctx context.Context, token string) error
}
