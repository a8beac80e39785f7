package flows

import (
	"encoding/json"

	"hejie/flows/arrange"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
	"hejie/flows/policy"
)

// memory is what the engine keeps in State.Extra for itself.
type memory struct {
	Kind       arrange.Kind    `json:"kind,omitempty"`   // kind of arrangement under discussion
	Agreed     []string        `json:"agreed,omitempty"` // agreement ids
	AgreedOn   []string        `json:"agreed_on,omitempty"`
	AgreedTo   []string        `json:"agreed_to,omitempty"` // their offers
	AgreedDay  calendar.Date   `json:"agreed_day,omitzero"` // of the last one
	Withdrawn  []string        `json:"withdrawn,omitempty"` // agreements taken back
	Met        arrange.Met     `json:"met,omitempty"`       // how the offers on the table relate to the wish
	Chosen     string          `json:"chosen,omitempty"`    // offer id
	Declines   int             `json:"declines,omitempty"`
	Informed   []string        `json:"informed,omitempty"` // accounts whose limitation notice was said and gone beyond
	Stale      bool            `json:"stale,omitempty"`    // claimed factors failed once; new ones replace them
	Holds      []Hold          `json:"holds,omitempty"`    // placed in this conversation
	Unlinked   []Effect        `json:"unlinked,omitempty"` // holds and cases recorded before we knew whose they are
	Topic      Intent          `json:"topic,omitempty"`
	CrisisTurn int             `json:"crisis_turn,omitempty"`
	Cases      []Case          `json:"cases,omitempty"` // opened in this conversation
	CaseNo     string          `json:"case_no,omitempty"`
	CaseDue    calendar.Date   `json:"case_due,omitzero"`
	CaseTurn   int             `json:"case_turn,omitempty"` // in which the last case was opened or added to
	HoldUntil  calendar.Date   `json:"hold_until,omitzero"`
	Means      *arrange.Means  `json:"means,omitempty"`
	Promised   ledger.Amount   `json:"promised,omitempty"`
	PromisedOn calendar.Date   `json:"promised_on,omitzero"`
	Asked      bool            `json:"asked,omitempty"`
	Talk       policy.Talk     `json:"talk,omitzero"`       // the negotiation so far: what was wished, which round
	Third      bool            `json:"third,omitempty"`     // somebody else than the debtor writes
	Stopped    []Intent        `json:"stopped,omitempty"`   // reasons to stop that were dealt with in this conversation
	WaitSaid   int             `json:"wait_said,omitempty"` // turn in which it was last said that a person is awaited
	AgreedTurn int             `json:"agreed_turn,omitempty"`
	OptedOut   bool            `json:"opted,omitempty"`    // said once, recorded once
	Told       []string        `json:"told,omitempty"`     // statements said already that are not repeated
	ByMeans    bool            `json:"by_means,omitempty"` // income and outgoings were told for this talk
	Most       bool            `json:"most,omitempty"`     // how far the rules go was asked, after an answer
	MostSaid   bool            `json:"most_said,omitempty"`
	Latest     calendar.Date   `json:"latest,omitzero"`  // the last day to put off to, told on asking
	Warned     string          `json:"warned,omitempty"` // the offer whose size above the means was pointed out
	Low        bool            `json:"low,omitempty"`    // nothing is left for a usual plan
	Change     *arrange.Change `json:"change,omitempty"` // of the running plan, under discussion
}

func readMemory(raw json.RawMessage) memory {
	var m memory
	if len(raw) > 0 {
		// A state we cannot read is treated as fresh memory: forgetting a wish is safe, inventing one is not.
		if err := json.Unmarshal(raw, &m); err != nil {
			return memory{}
		}
	}
	return m
}

func (m memory) raw() json.RawMessage {
	b, err := json.Marshal(m)
	if err != nil || string(b) == "{}" {
		return nil
	}
	return b
}
