package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"hejie/bot"
	"hejie/flows"
)

// CommitTurn makes one turn true, all of it or nothing. ErrConflict when the conversation's version moved meanwhile,
// ErrOfferExpired when an agreement stands on no valid offer, ErrVerify when nobody verified agreed, ErrNotFound.
func (s *Store) CommitTurn(ctx context.Context, r bot.TurnResult) error {
	err := s.write(ctx, func(t *tx) error { return t.commitTurn(r) })
	if err != nil {
		return fmt.Errorf("turn of %s: %w", r.Conv.ID, err)
	}
	return nil
}

func (t *tx) commitTurn(r bot.TurnResult) error {
	if r.NowMS == 0 {
		r.NowMS = t.now
	}
	conv := r.Conv // each run starts from the caller's values: effects change the copy only
	// The row is locked before the effects so that a racing turn fails before it does harm.
	now, err := t.lockTurn(conv.ID, r.NowMS)
	if err != nil {
		return err
	}
	if now.Version != conv.Version {
		return bot.ErrConflict
	}
	e := effects{tx: t, conv: &conv, nowMS: r.NowMS, already: now}
	for i, eff := range r.Effects {
		if err := e.apply(i, eff); err != nil {
			return fmt.Errorf("effect %s: %w", eff.Kind, err)
		}
	}
	if r.Approval != nil {
		if err := t.decide(*r.Approval); err != nil {
			return err
		}
	}
	state, err := toJSON(conv.State)
	if err != nil {
		return err
	}
	n, err := t.exec("conversation_turn", conv.ID, conv.Version, conv.DebtorID, conv.Lang, conv.Identity, conv.Control, conv.AgentID,
		conv.Crisis, conv.Reason, conv.WaitingMS, state, r.NowMS, e.outcome)
	if err != nil {
		return err
	}
	if n == 0 {
		return bot.ErrConflict
	}
	if err := t.turnRows(r); err != nil {
		return err
	}
	return t.recordTurn(r, conv, state)
}

// turnRows writes what hangs on the turn: consumed messages, texts to send, documents.
func (t *tx) turnRows(r bot.TurnResult) error {
	for _, id := range r.Consumed {
		if _, err := t.exec("message_done", id, r.Conv.ID); err != nil {
			return err
		}
	}
	for _, o := range r.Outbox {
		if err := t.enqueue(o, r.NowMS); err != nil {
			return err
		}
	}
	for _, d := range r.Documents {
		if d.CreatedMS == 0 {
			d.CreatedMS = r.NowMS
		}
		if _, err := t.exec("document_put", d.ID, d.ConvID, d.Lang, d.HTML, d.SHA256, d.TermsSHA256, d.CreatedMS); err != nil {
			return err
		}
	}
	return nil
}

// recordTurn keeps what went in and what came out, so that the conversation can be replayed and compared.
func (t *tx) recordTurn(r bot.TurnResult, conv bot.Conversation, state string) error {
	drafts := make([]string, len(r.Outbox))
	for i, o := range r.Outbox {
		drafts[i] = o.Draft.ID
	}
	consumed, err1 := toJSON(r.Consumed)
	commands, err2 := toJSON(r.Commands)
	effs, err3 := toJSON(r.Effects)
	ids, err4 := toJSON(drafts)
	record, err5 := packStep(r.Step)
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		return err
	}
	_, err := t.exec("turn_insert", conv.ID, conv.Version+1, r.NowMS, consumed, commands, r.Source, effs, ids, state,
		record, r.Usage.Calls, r.Usage.Prompt, r.Usage.Completion)
	return err
}

// TurnRecord is one committed turn, for replay.
type TurnRecord struct {
	Version  int64
	AtMS     int64
	Consumed []string // inbound message ids
	Commands []flows.Command
	Source   string
	Effects  []flows.Effect
	Drafts   []string // ids of the texts it proposed
	State    flows.State
	Usage    bot.Usage       // what it asked of a model
	Step     *bot.StepRecord // what the engine was given; nil: it was not asked, or the turn is from before this was kept
}

// TurnRecords lists the turns of a conversation, oldest first.
func (s *Store) TurnRecords(ctx context.Context, convID string) ([]TurnRecord, error) {
	var rows []struct {
		Version  int64  `db:"version"`
		AtMS     int64  `db:"at_ms"`
		Consumed string `db:"consumed"`
		Commands string `db:"commands"`
		Source   string `db:"source"`
		Effects  string `db:"effects"`
		Drafts   string `db:"drafts"`
		State    string `db:"state"`
		Record   []byte `db:"record"`
		Calls    int    `db:"model_calls"`
		Prompt   int    `db:"prompt_tokens"`
		Answer   int    `db:"completion_tokens"`
	}
	if err := s.sel(ctx, &rows, "turns", convID); err != nil {
		return nil, fmt.Errorf("turns: %w", err)
	}
	out := make([]TurnRecord, len(rows))
	for i, r := range rows {
		t := &out[i]
		t.Version, t.AtMS, t.Source = r.Version, r.AtMS, r.Source
		err := errors.Join(json.Unmarshal([]byte(r.Consumed), &t.Consumed), json.Unmarshal([]byte(r.Commands), &t.Commands),
			json.Unmarshal([]byte(r.Effects), &t.Effects), json.Unmarshal([]byte(r.Drafts), &t.Drafts), json.Unmarshal([]byte(r.State), &t.State))
		t.Usage = bot.Usage{Calls: r.Calls, Prompt: r.Prompt, Completion: r.Answer}
		var stepErr error
		t.Step, stepErr = unpackStep(r.Record)
		if err = errors.Join(err, stepErr); err != nil {
			return nil, fmt.Errorf("turn %d: %w", r.Version, err)
		}
	}
	return out, nil
}

// Document loads an agreement's text. ErrNotFound.
func (s *Store) Document(ctx context.Context, id string) (bot.Document, error) {
	var d bot.Document
	if err := s.get(ctx, &d, "document", id); err != nil {
		return bot.Document{}, fmt.Errorf("document %s: %w", id, found(err))
	}
	return d, nil
}
