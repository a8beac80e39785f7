// Package guard is the filter: the one maker of Cleared, and nothing but a Cleared can be sent.
// It judges every string a debtor could see. It does not send, store or write texts, reads no clock and asks no model.
package guard

import (
	"encoding/json"
	"time"
)

// Author is who proposes a text. The rules differ: an agent may say "I am a person", a bot never.
type Author string

const (
	Bot      Author = "bot"
	Agent    Author = "agent"
	Reminder Author = "reminder"
	System   Author = "system"
)

// Kind is what a draft is for.
type Kind string

const (
	Reply     Kind = "reply"     // answers the debtor: allowed at any hour, no demand at night
	Proactive Kind = "proactive" // reminders, care messages: hours, caps, holds and consent apply
	Notice    Kind = "notice"    // "a colleague has joined", one-time codes, service notices
	Recalled  Kind = "recalled"  // history or a document shown again
)

// Part is one string the debtor can see, or one card. Text is what is judged and what a screen reader reads.
// Data is the card as it goes on the wire; guard walks it: every string leaf is judged, every *_fen must be a known figure.
type Part struct {
	Role string          `json:"role"` // body | card | button | title | name | signature
	Text string          `json:"text"`
	Ref  string          `json:"ref,omitempty"` // machine id of a button or card, never shown
	Data json.RawMessage `json:"data,omitempty"`
}

// Recipient is exactly one person on one channel.
type Recipient struct {
	Channel        string `json:"channel"` // web | wechat | sms | terminal
	Address        string `json:"address"` // session, openid or phone
	ConversationID string `json:"conversation_id"`
	DebtorID       string `json:"debtor_id,omitempty"`
}

// Draft is text proposed for sending. ID makes it idempotent: the same draft is recorded and sent once.
type Draft struct {
	ID         string    `json:"id"`
	To         Recipient `json:"to"`
	Author     Author    `json:"author"`
	AgentID    string    `json:"agent_id,omitempty"`
	Kind       Kind      `json:"kind"`
	Lang       string    `json:"lang"`                  // zh-Hans | zh-Hant | en
	AuthorLang string    `json:"author_lang,omitempty"` // the author's own language, for the reasons; empty = Lang
	ReplyID    string    `json:"reply_id,omitempty"`    // approved text it was filled from, empty for free text
	Parts      []Part    `json:"parts"`
	Figures    []Figure  `json:"figures,omitempty"` // the typed slots the text was filled from; merged into Facts.Figures
}

// tells is the language the author reads.
func (d *Draft) tells() string {
	if d.AuthorLang != "" {
		return d.AuthorLang
	}
	return d.Lang
}

// FigureKind is the sort of a known figure.
type FigureKind string

const (
	Money   FigureKind = "money"   // Value: minor units
	Date    FigureKind = "date"    // Text: YYYY-MM-DD
	Count   FigureKind = "count"   // Value
	Percent FigureKind = "percent" // Value: hundredths of a percent (1.75 % = 175)
	Phone   FigureKind = "phone"   // Text: digits
	URL     FigureKind = "url"     // Text
	Ref     FigureKind = "ref"     // Text: case, agreement or account tail numbers
	Org     FigureKind = "org"     // Text: a creditor's or collector's name
	Time    FigureKind = "time"    // Text: HH:MM or a range of them
)

// Figure is a fact a message may state, and where it comes from (ledger entry, offer, statute article …).
type Figure struct {
	Kind   FigureKind `json:"kind"`
	Value  int64      `json:"value,omitempty"`
	Text   string     `json:"text,omitempty"`
	Origin string     `json:"origin"`
}

// Identity of the recipient as the conversation knows it.
type Identity string

const (
	Anon       Identity = "anon"
	Identified Identity = "identified"
	Verified   Identity = "verified"
)

// Facts are fresh at every attempt: what is true when the text would leave.
type Facts struct {
	Now                 time.Time
	Zone                *time.Location
	Identity            Identity
	Control             Author // who holds the conversation now: bot or agent
	OptedOut            bool   // the debtor stopped proactive contact on this channel
	Holds               []string
	SentToday, SentWeek int // proactive messages to this debtor over all channels

	Creditor, Collector string
	DebtorName          string
	Jurisdiction        string // of the creditor: CN (also when empty) HK TW US UK EU
	DebtType, Stage     string
	IntendsLitigation   bool
	ReportsCredit       bool
	LimitationExpired   bool
	LimitationTold      bool     `json:",omitempty"` // the debtor was told what paying does to a barred debt, in this conversation
	QuoteValidUntil     string   // YYYY-MM-DD
	Asked               string   // intent the debtor just expressed; opens answer mode
	AlsoAsked           []string `json:",omitempty"` // the others of the same turn: each of them gets its answer
	FirstContact        bool     // nothing has been said to this debtor in this conversation: label and creditor must be named
	PlanActive          bool     // an arrangement is running and kept: nothing but its due reminders may be pushed
	AllowedHosts        []string // hosts a link may lead to, besides the URL figures
	Figures             []Figure
	Second              *SecondLook `json:",omitempty"` // a supervisor's approval of a held text
}

// Decision, mildest first. Only Pass may leave.
type Decision string

const (
	Pass    Decision = "pass"
	Rewrite Decision = "rewrite" // may leave only in the offered wording
	Hold    Decision = "hold"    // a person must look
	Block   Decision = "block"
)

// Hit is one rule that objects. Start and End count runes of the part's original Text.
type Hit struct {
	Rule     string   `json:"rule"` // T01…T18, G01…G26
	Decision Decision `json:"decision"`
	Part     int      `json:"part"`
	Start    int      `json:"start"`
	End      int      `json:"end"`
	Text     string   `json:"text"`
	Why      string   `json:"why"`   // to the author, in the author's language
	Basis    string   `json:"basis"` // source, article

	sure    bool // a certain phrase, or what the ear is sure the act is: it names the fault better than a suspicion
	general bool // found by a pattern that judges any talk of debt, not an act of its own
}

// Verdict of Check.
type Verdict struct {
	Decision Decision `json:"verdict"`
	Hits     []Hit    `json:"hits,omitempty"`
	Rewrite  string   `json:"rewrite,omitempty"` // a lawful wording of the whole text
	Sources  []Figure `json:"sources,omitempty"` // each figure found in the text, with its origin
	LetGo    []LetGo  `json:"let_go,omitempty"`  // suspicions that were looked at and let go
	Ruleset  string   `json:"ruleset"`           // version and hash of the rules that judged
}
