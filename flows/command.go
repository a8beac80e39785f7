package flows

import (
	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// Verb is what a command asks of the engine. The set is closed: a model or a grammar can ask for nothing else.
type Verb string

const (
	DoIntent  Verb = "intent"  // the debtor expressed Intent
	DoSet     Verb = "set"     // the debtor gave Value for Slot
	DoAction  Verb = "action"  // a card was pressed; Action holds it
	DoUnclear Verb = "unclear" // there was text, and nothing in it was understood
	DoSilence Verb = "silence" // the debtor has not answered for a while
)

// Intent is one of the closed list in the contracts (greeting, balance, instalment_request, self_harm …).
type Intent string

// Command is one thing the debtor's turn means. Several may come from one message, main one first.
type Command struct {
	Do         Verb    `json:"do"`
	Intent     Intent  `json:"intent,omitempty"`
	Slot       string  `json:"slot,omitempty"` // one of the Slot… names
	Value      Value   `json:"value,omitzero"`
	Action     *Action `json:"action,omitempty"`
	Confidence float64 `json:"confidence,omitempty"` // 0..1; a low one asks instead of acting
}

// Slots that understanding may fill. A flow may read any of them.
const (
	SlotCount      = "count"        // number of instalments
	SlotMonthly    = "monthly"      // money each month
	SlotLump       = "lump"         // money once
	SlotDayOfMonth = "day_of_month" // 每月12号
	SlotFirstDue   = "first_due"    // first payment on this date
	SlotDeferTo    = "defer_to"     // pay on this later date
	SlotDate       = "date"         // a date whose role only the question asked can tell
	SlotAmount     = "amount"       // money whose role only the question asked can tell
	SlotPayday     = "payday"       // day of month
	SlotIncome     = "income"       // monthly
	SlotOutgoings  = "outgoings"    // monthly
	SlotReason     = "reason"       // illness | income | disaster | bereavement | other
	SlotPercent    = "percent"
	SlotName       = "name"
	SlotPhoneLast4 = "phone_last4" // a whole phone number is cut to its last four
	SlotIDLast4    = "id_last4"    // an id card likewise; X is upper case
	SlotPaidOn     = "paid_on"
	SlotPaidAmount = "paid_amount"
	SlotChoice     = "choice"  // "the second one": Count holds 1, 2, 3
	SlotTopic      = "topic"   // what a question of law is about when its intent does not tell: TopicVisit
	SlotText       = "text"    // free text for a case (dispute, complaint)
	SlotEvery      = "every"   // Text: weekly | fortnightly
	SlotConsent    = "consent" // Text: a word that binds stands in what was written
	SlotSteps      = "steps"   // Text: stretches of a plan, "3:30000,0:100000" = three of 300, then 1000 as long as it takes
)

// Topics: what a turn is about where no intent of the closed list says it.
const (
	TopicVisit    = "visit"    // will somebody come to my home
	TopicRelative = "relative" // somebody else than the debtor writes
	TopicSelf     = "self"     // it is the debtor after all
	TopicWithdraw = "withdraw" // takes back an agreement
	TopicMiss     = "miss"     // what if a payment is missed
	TopicSupply   = "supply"   // will the supply be cut
	TopicAid      = "aid"      // help with a medical bill
	TopicContact  = "contact"  // will others be contacted
	TopicUnheard  = "unheard"  // the debtor is tired of not being understood
	TopicReceipt  = "receipt"
	TopicPayOff   = "pay_off"   // all of a running plan at once
	TopicExtra    = "extra"     // more than the plan asks
	TopicSkip     = "skip"      // one payment of a plan later
	TopicEstate   = "estate"    // must the family pay
	TopicUnsure   = "unsure"    // does not know what is affordable
	TopicUntil    = "until"     // by when, for how long
	TopicGoOn     = "go_on"     // understood, and wants to go on
	TopicAdvice   = "advice"    // will ask a lawyer, has none acting
	TopicVisited  = "visited"   // somebody has come to the door
	TopicStolen   = "stolen"    // my identity was used
	TopicAllLater = "all_later" // all of it on one day
	TopicCoerced  = "coerced"   // was made to borrow or to sign
	TopicObject   = "object"    // until when, and in what form, one can object
	TopicWhyID    = "why_id"    // why one should say who one is
	TopicCatchUp  = "catch_up"  // a payment of a running plan is missed, or comes late
	TopicRate     = "rate"      // on what ground the rate stands; a question, no objection yet
	TopicPart     = "part"      // some of it now, the rest another time
	TopicNoDay    = "no_day"    // cannot say when there will be money
	TopicPropose  = "propose"   // what would you take: asks for our figures
	TopicNoSay    = "no_say"    // would rather not tell what comes in and goes out
	TopicWhyMeans = "why_means" // why one is asked for that
	TopicEarly    = "early"     // may it be paid before its day, and what does that cost
	TopicDistress = "distress"  // worn out by all this: sleepless, in tears, at wits end
	TopicWilling  = "willing"   // means to pay, only not now
	TopicMustPay  = "must_pay"  // whether one has to pay at all
	TopicLeast    = "least"     // of the offers on the table: the one with the smallest payments,
	TopicSoonest  = "soonest"   // the shortest,
	TopicLast     = "last"      // the last one shown
)

// Topics are all of them.
var Topics = []string{
	TopicVisit, TopicRelative, TopicSelf, TopicWithdraw, TopicMiss, TopicSupply, TopicAid, TopicContact, TopicUnheard, TopicReceipt,
	TopicPayOff, TopicExtra, TopicSkip, TopicEstate, TopicUnsure, TopicUntil, TopicGoOn, TopicAdvice, TopicVisited, TopicStolen, TopicAllLater, TopicCoerced,
	TopicObject, TopicWhyID, TopicCatchUp, TopicRate, TopicPart, TopicNoDay, TopicPropose, TopicNoSay, TopicWhyMeans, TopicEarly, TopicDistress, TopicWilling, TopicMustPay, TopicLeast, TopicSoonest, TopicLast,
}

// ValueKind says which field of a Value is meant.
type ValueKind string

const (
	KindMoney   ValueKind = "money"
	KindCount   ValueKind = "count"
	KindDate    ValueKind = "date"
	KindDay     ValueKind = "day"     // day of month, in Count
	KindPercent ValueKind = "percent" // in Percent
	KindText    ValueKind = "text"    // words: names, addresses, reference numbers
	KindPhone   ValueKind = "phone"
	KindURL     ValueKind = "url"
	KindTime    ValueKind = "time" // clock time or range as text: 9:00-18:00
)

// Value is a typed value with its origin. A figure without an origin cannot be said: the filter blocks it.
type Value struct {
	Kind    ValueKind     `json:"kind,omitempty"`
	Money   ledger.Amount `json:"money,omitempty"`
	Count   int           `json:"count,omitempty"`
	Date    calendar.Date `json:"date,omitzero"`
	Percent float64       `json:"percent,omitempty"`
	Text    string        `json:"text,omitempty"`
	// Origin is where the value comes from: "entry:<id>", "balance:<account>", "offer:<id>", "statute:<source art.>",
	// "policy:<version>", "creditor", "debtor" (said by the debtor in this conversation), "case:<id>", "clock".
	Origin string `json:"origin,omitempty"`
}

// Action is a pressed card, as it comes over the wire (channels: `msg{kind:"action"}`).
type Action struct {
	Ref         string `json:"ref,omitempty"` // offer, agreement or card id
	Version     string `json:"version,omitempty"`
	Name        string `json:"name"` // reply | accept | decline | counter | confirm | verify | human | dispute | hardship | stop | privacy | csat
	DocSHA256   string `json:"doc_sha256,omitempty"`
	ConfirmText string `json:"confirm_text,omitempty"`
	// counter
	Count    int           `json:"count,omitempty"`
	Monthly  ledger.Amount `json:"monthly_fen,omitempty"`
	FirstDue calendar.Date `json:"first_due,omitzero"`
	// verify: identity form; csat: score
	Fields map[string]string `json:"fields,omitempty"`
}
