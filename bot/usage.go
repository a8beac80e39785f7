package bot

import (
	"context"
	"sync"
)

// Usage is what a language model was asked for, as the endpoint counts it. Endpoints that count nothing leave the tokens 0.
type Usage struct {
	Calls      int `json:"calls,omitempty"`
	Prompt     int `json:"prompt_tokens,omitempty"`
	Completion int `json:"completion_tokens,omitempty"`
}

// meter adds up one turn: reading and rewording may each ask, and rewordings run one after another.
type meter struct {
	mu  sync.Mutex
	sum Usage
}

type meterKey struct{}

func withMeter(ctx context.Context) (context.Context, *meter) {
	m := &meter{}
	return context.WithValue(ctx, meterKey{}, m), m
}

// Spend notes one call to a model on the turn that ctx belongs to, if any.
func Spend(ctx context.Context, prompt, completion int) {
	m, ok := ctx.Value(meterKey{}).(*meter)
	if !ok {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sum.Calls++
	m.sum.Prompt += max(prompt, 0)
	m.sum.Completion += max(completion, 0)
}

// Spent is what all turns of this process asked of a model so far.
func (b *Bot) Spent() Usage { return b.spent.total() }

func (m *meter) add(u Usage) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sum.Calls += u.Calls
	m.sum.Prompt += u.Prompt
	m.sum.Completion += u.Completion
}

func (m *meter) total() Usage {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sum
}
