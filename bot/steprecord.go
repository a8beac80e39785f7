package bot

import (
	"encoding/json"
	"fmt"
	"time"

	"hejie/flows"
)

// StepRecord is what the engine was given in a turn and what it answered: enough to run the turn again and compare.
// The commands stand in the turn itself.
type StepRecord struct {
	Before  flows.State     `json:"before"`
	Case    flows.CaseFile  `json:"case"`
	Zone    string          `json:"zone"`   // a Location has no JSON form
	Policy  string          `json:"policy"` // version; the policy itself is configuration
	Replies json.RawMessage `json:"replies"`
	Unsaid  bool            `json:"unsaid,omitempty"` // the channel carried other words: the replies were not kept in the state
}

func recordStep(before flows.State, cf flows.CaseFile, replies []flows.Reply) *StepRecord {
	r := &StepRecord{Before: before, Case: cf}
	if cf.Zone != nil {
		r.Zone = cf.Zone.String()
	}
	if cf.Policy != nil {
		r.Policy = cf.Policy.Version
	}
	r.Replies, _ = json.Marshal(replies) // plain data: it cannot fail; an empty record shows as a difference
	return r
}

// Again runs the engine on the record. The case file gets back what has no JSON form.
func (r *StepRecord) Again(step func(flows.State, []flows.Command, flows.CaseFile) (flows.State, []flows.Reply, []flows.Effect),
	cmds []flows.Command, restore func(*flows.CaseFile)) (flows.State, []flows.Reply, []flows.Effect, error) {
	zone, err := time.LoadLocation(r.Zone)
	if err != nil {
		return flows.State{}, nil, nil, fmt.Errorf("replay: %w", err)
	}
	cf := r.Case
	cf.Zone, cf.Now = zone, cf.Now.In(zone)
	restore(&cf)
	st, replies, effects := step(r.Before, cmds, cf)
	if r.Unsaid {
		st.LastReply = nil
	}
	return st, replies, effects, nil
}
