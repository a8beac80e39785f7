package store

import (
	"context"
	"encoding/json"
	"fmt"

	"hejie/bot"
	"hejie/flows"
)

// convRow is a conversation with its state as it is stored.
type convRow struct {
	bot.Conversation
	StateJSON string `db:"state"`
}

func (r convRow) conversation() (bot.Conversation, error) {
	if err := json.Unmarshal([]byte(r.StateJSON), &r.State); err != nil {
		return bot.Conversation{}, fmt.Errorf("conversation %s: state: %w", r.ID, err)
	}
	return r.Conversation, nil
}

// OpenConversation inserts c. An empty identity is anonymous, an empty control the bot.
func (s *Store) OpenConversation(ctx context.Context, c bot.Conversation) error {
	return s.write(ctx, func(t *tx) error { return t.insertConversation(c) })
}

func (t *tx) insertConversation(c bot.Conversation) error {
	state, err := toJSON(c.State)
	if err != nil {
		return err
	}
	if c.Identity == "" {
		c.Identity = flows.Anon
	}
	if c.Control == "" {
		c.Control = bot.ByBot
	}
	if c.UpdatedMS == 0 {
		c.UpdatedMS = c.CreatedMS
	}
	_, err = t.exec("conversation_insert", c.ID, c.Epoch, c.CreditorID, c.DebtorID, c.Channel, c.Address, c.Lang, c.Identity,
		c.Control, c.AgentID, c.Crisis, c.Reason, c.Version, state, c.CreatedMS, c.UpdatedMS, c.WaitingMS)
	if isUnique(err) {
		return fmt.Errorf("conversation %s: %w", c.ID, bot.ErrConflict)
	}
	return err
}

// Conversation loads one with its state. ErrNotFound.
func (s *Store) Conversation(ctx context.Context, id string) (bot.Conversation, error) {
	var r convRow
	if err := s.get(ctx, &r, "conversation", id); err != nil {
		return bot.Conversation{}, fmt.Errorf("conversation %s: %w", id, found(err))
	}
	return r.conversation()
}

// ConversationOf finds the newest open conversation of a debtor on a channel. ErrNotFound.
func (s *Store) ConversationOf(ctx context.Context, creditorID, debtorID, channel string) (bot.Conversation, error) {
	if debtorID == "" {
		return bot.Conversation{}, bot.ErrNotFound // anonymous visitors never share a conversation
	}
	var r convRow
	if err := s.get(ctx, &r, "conversation_of", creditorID, debtorID, channel); err != nil {
		return bot.Conversation{}, found(err)
	}
	return r.conversation()
}

// lock loads a conversation and keeps others from changing it until this write ends.
func (t *tx) lock(convID string, nowMS int64) (bot.Conversation, error) {
	var r convRow
	if err := t.get(&r, "conversation_lock", convID, nowMS); err != nil {
		return bot.Conversation{}, fmt.Errorf("conversation %s: %w", convID, found(err))
	}
	return r.conversation()
}

// held is what a turn compares with what it loaded.
type held struct {
	Version  int64          `db:"version"`
	Identity flows.Identity `db:"identity"`
	DebtorID string         `db:"debtor_id"`
}

// lockTurn is lock without the state.
func (t *tx) lockTurn(convID string, nowMS int64) (h held, err error) {
	if err := t.get(&h, "conversation_lock_turn", convID, nowMS); err != nil {
		return h, fmt.Errorf("conversation %s: %w", convID, found(err))
	}
	return h, nil
}

// PendingConversations lists ids with a turn or a delivery to do, longest waiting first.
func (s *Store) PendingConversations(ctx context.Context, limit int) ([]string, error) {
	var ids []string
	if err := s.sel(ctx, &ids, "conversations_pending", s.nowMS(), limit); err != nil {
		return nil, fmt.Errorf("pending conversations: %w", err)
	}
	return ids, nil
}

// TakeOver gives the conversation to agentID; again by the same agent changes nothing. ErrNotHolder, ErrClosed, ErrNotFound.
func (s *Store) TakeOver(ctx context.Context, convID, agentID string, nowMS int64) (bot.Conversation, error) {
	return s.control(ctx, convID, agentID, nowMS, "take_over", func(c *bot.Conversation) error {
		if c.Control == bot.ByAgent && c.AgentID != agentID {
			return bot.ErrNotHolder
		}
		c.Control, c.AgentID, c.WaitingMS = bot.ByAgent, agentID, 0
		return nil
	})
}

// HandBack returns the conversation to the bot with its state. ErrNotHolder, ErrClosed, ErrNotFound.
func (s *Store) HandBack(ctx context.Context, convID, agentID string, nowMS int64) (bot.Conversation, error) {
	return s.control(ctx, convID, agentID, nowMS, "hand_back", func(c *bot.Conversation) error {
		if c.Control != bot.ByAgent || c.AgentID != agentID {
			return bot.ErrNotHolder
		}
		c.Control, c.AgentID, c.WaitingMS = bot.ByBot, "", 0
		return nil
	})
}

// Close ends a conversation; only its holder may, or anybody when nobody holds it. The row keeps who held it last.
func (s *Store) Close(ctx context.Context, convID, agentID string, nowMS int64) (bot.Conversation, error) {
	return s.control(ctx, convID, agentID, nowMS, "close", func(c *bot.Conversation) error {
		if c.Control == bot.ByAgent && c.AgentID != agentID {
			return bot.ErrNotHolder
		}
		c.Control, c.WaitingMS = bot.Closed, 0
		return nil
	})
}

func (s *Store) control(ctx context.Context, convID, agentID string, nowMS int64, what string, change func(*bot.Conversation) error) (out bot.Conversation, err error) {
	err = s.write(ctx, func(t *tx) error {
		c, err := t.lock(convID, nowMS)
		if err != nil {
			return err
		}
		if c.Control == bot.Closed {
			return bot.ErrClosed
		}
		before := c
		if err := change(&c); err != nil {
			return err
		}
		if c.Control != before.Control || c.AgentID != before.AgentID {
			if _, err := t.exec("conversation_control", c.ID, c.Control, c.AgentID, c.WaitingMS, nowMS); err != nil {
				return err
			}
			c.Version++
			if _, err := t.audit("control", agentActor(agentID), convID, nil, map[string]any{"what": what, "from": before.Control, "to": c.Control, "holder_before": before.AgentID}); err != nil {
				return err
			}
		}
		out = c
		return nil
	})
	return out, err
}

func agentActor(id string) string { return "agent:" + id }
