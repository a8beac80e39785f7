package outhook

import (
	"encoding/json"
	"fmt"
	"time"

	"hejie/bot"
)

// event is the body: what happened, in ids, kinds and amounts. The same row gives the same bytes at every attempt.
type event struct {
	Type      string `json:"type"`
	Timestamp string `json:"timestamp"`
	Data      data   `json:"data"`
}

type data struct {
	CreditorID string `json:"creditor_id"`
	ConvID     string `json:"conversation_id,omitempty"`
	DebtorID   string `json:"debtor_id,omitempty"`
	AccountID  string `json:"account_id,omitempty"`
	ID         string `json:"id,omitempty"`
	Kind       string `json:"kind,omitempty"`
	Status     string `json:"status"`
	Amount     int64  `json:"amount_fen,omitempty"`
	Currency   string `json:"currency,omitempty"`
	On         string `json:"on,omitempty"`
}

// messageID names an event for its receiver: the same at every attempt and every replay.
func messageID(e bot.HookEvent) string { return fmt.Sprintf("evt_%s_%d", e.WebhookID, e.N) }

func bodyOf(creditorID string, e bot.HookEvent) ([]byte, error) {
	return json.Marshal(event{
		Type: e.Type + "." + e.Status, Timestamp: time.UnixMilli(e.AtMS).UTC().Format("2006-01-02T15:04:05.000Z"),
		Data: data{CreditorID: creditorID, ConvID: e.ConvID, DebtorID: e.DebtorID, AccountID: e.AccountID, ID: e.ObjectID, Kind: e.Kind,
			Status: e.Status, Amount: e.Amount, Currency: e.Currency, On: e.OnDay},
	})
}
