package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"hejie/bot"
)

// AgentByLogin loads a person at the desk; logins do not differ by case. ErrNotFound.
func (s *Store) AgentByLogin(ctx context.Context, login string) (bot.AgentUser, error) {
	return s.agent(ctx, "agent_by_login", normalLogin(login))
}

// Agent loads one by id. ErrNotFound.
func (s *Store) Agent(ctx context.Context, id string) (bot.AgentUser, error) {
	return s.agent(ctx, "agent", id)
}

func (s *Store) agent(ctx context.Context, query, key string) (bot.AgentUser, error) {
	var a bot.AgentUser
	if err := s.get(ctx, &a, query, key); err != nil {
		return bot.AgentUser{}, fmt.Errorf("agent: %w", found(err))
	}
	return a, nil
}

func normalLogin(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// AddAgent adds a person at the desk. ErrConflict when the login is taken.
func (s *Store) AddAgent(ctx context.Context, a bot.AgentUser) error {
	if a.ID == "" {
		a.ID = newID()
	}
	if a.CreatedMS == 0 {
		a.CreatedMS = s.nowMS()
	}
	a.Login = normalLogin(a.Login)
	err := s.write(ctx, func(t *tx) error {
		if _, err := t.exec("agent_insert", a.ID, a.Login, a.Name, a.Role, a.PasswordHash, a.Disabled, a.CreatedMS); err != nil {
			return err
		}
		_, err := t.audit("agent_added", "system", "", nil, a) // the hash has no JSON form
		return err
	})
	if isUnique(err) {
		return fmt.Errorf("agent %s: %w", a.Login, bot.ErrConflict)
	}
	return err
}

// Queue lists open conversations: crisis first, then who waits for a person, longest first, then the rest, newest first.
func (s *Store) Queue(ctx context.Context, creditorID, agentID, filter, search string, limit int) ([]bot.QueueItem, error) {
	switch filter {
	case "":
		filter = "all"
	case "all", "waiting", "mine", "held", "crisis":
	default:
		return nil, fmt.Errorf("store: queue filter %q: all, waiting, mine, held or crisis is expected", filter)
	}
	items := []bot.QueueItem{}
	if err := s.sel(ctx, &items, "queue", creditorID, agentID, filter, likePattern(search), limit); err != nil {
		return nil, fmt.Errorf("queue: %w", err)
	}
	return items, nil
}

// likePattern finds the words anywhere, and takes % and _ as what they are.
func likePattern(search string) string {
	if search = strings.ToLower(strings.TrimSpace(search)); search == "" {
		return ""
	}
	return "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(search) + "%"
}

// QueueCounts counts open conversations for each filter of Queue.
func (s *Store) QueueCounts(ctx context.Context, creditorID, agentID string) (map[string]int, error) {
	var c struct {
		Total   int `db:"total"`
		Waiting int `db:"waiting"`
		Mine    int `db:"mine"`
		Held    int `db:"held"`
		Crisis  int `db:"crisis"`
	}
	if err := s.get(ctx, &c, "queue_counts", creditorID, agentID); err != nil {
		return nil, fmt.Errorf("queue counts: %w", err)
	}
	return map[string]int{"all": c.Total, "waiting": c.Waiting, "mine": c.Mine, "held": c.Held, "crisis": c.Crisis}, nil
}

// AddNote keeps a private note.
func (s *Store) AddNote(ctx context.Context, n bot.Note) error {
	if n.ID == "" {
		n.ID = newID()
	}
	return s.write(ctx, func(t *tx) error {
		if n.AtMS == 0 {
			n.AtMS = t.now
		}
		if _, err := t.lockTurn(n.ConvID, t.now); err != nil {
			return err
		}
		_, err := t.exec("note_insert", n.ID, n.ConvID, n.AgentID, n.Text, n.AtMS)
		return err
	})
}

// Notes lists a conversation's notes, oldest first.
func (s *Store) Notes(ctx context.Context, convID string) ([]bot.Note, error) {
	notes := []bot.Note{}
	if err := s.sel(ctx, &notes, "notes", convID); err != nil {
		return nil, fmt.Errorf("notes: %w", err)
	}
	return notes, nil
}

// SessionFind loads an agent's session while it lasts.
func (s *Store) SessionFind(ctx context.Context, token string) (data []byte, ok bool, err error) {
	err = s.get(ctx, &data, "agent_session_find", token, s.nowMS())
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	return data, err == nil, err
}

// SessionCommit keeps an agent's session until its expiry and forgets those past theirs.
func (s *Store) SessionCommit(ctx context.Context, token string, data []byte, expiryMS int64) error {
	return s.write(ctx, func(t *tx) error {
		if _, err := t.exec("agent_sessions_forget", t.now); err != nil {
			return err
		}
		_, err := t.exec("agent_session_put", token, data, expiryMS)
		return err
	})
}

// SessionDelete ends an agent's session.
func (s *Store) SessionDelete(ctx context.Context, token string) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec("agent_session_delete", token)
		return err
	})
}
