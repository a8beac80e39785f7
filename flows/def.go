package flows

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

//go:embed *.yaml
var flowFiles embed.FS

// Schema is the JSON schema of a flow file, for editors.
//
//go:embed flow.schema.json
var Schema []byte

// FlowKind says how a flow treats what was going on.
type FlowKind string

const (
	GateFlow FlowKind = "gate" // runs before another flow that needs it, and comes back
	InfoFlow FlowKind = "info" // a digression: answers, then the open question returns
	TaskFlow FlowKind = "task" // takes the place of the task before
	StopFlow FlowKind = "stop" // a trigger: everything else stops
)

// Where a step may lead besides another step of its flow.
const (
	toEnd  = "end"   // this flow is done, the one below goes on
	toStop = "stop"  // everything on the stack is done
	toFlow = "flow:" // this flow becomes another one
)

// flowDef is one flow file.
type flowDef struct {
	ID       string    `yaml:"id"`
	About    string    `yaml:"about"`
	Kind     FlowKind  `yaml:"kind"`
	StartsOn []Intent  `yaml:"starts_on"`
	Topics   []string  `yaml:"topics"`   // topics that start it, where no intent says it
	Requires []string  `yaml:"requires"` // gates, in order
	Preempts int       `yaml:"preempts"` // stop flows: smaller comes first
	Alone    bool      `yaml:"alone"`    // stop flows: nothing else of the turn is answered
	Each     bool      `yaml:"each"`     // info flows: each intent of a turn is answered on its own
	NoReturn bool      `yaml:"no_return"`
	Repeat   words     `yaml:"repeat"` // stop flows: said when the same reason comes once more; the words go to its case
	Steps    []stepDef `yaml:"steps"`

	index map[string]int
}

// stepDef is one step: it does something (do), waits for something (listen), hands over (handoff), or only says something.
type stepDef struct {
	ID      string            `yaml:"id"`
	When    string            `yaml:"when"`   // predicate; the step is passed over when it does not hold
	Unless  string            `yaml:"unless"` // predicate; the step is passed over when it holds
	Do      string            `yaml:"do"`
	Say     words             `yaml:"say"`
	Again   words             `yaml:"again"` // said instead of say when a digression comes back here
	Card    string            `yaml:"card"`
	Quick   []string          `yaml:"quick"`
	Listen  string            `yaml:"listen"`
	Context string            `yaml:"context"`
	Handoff string            `yaml:"handoff"`
	Hold    *holdDef          `yaml:"hold"` // collection stops, recorded before anything is said
	Case    *caseDef          `yaml:"case"` // work for a person, likewise
	Outcome string            `yaml:"outcome"`
	On      map[string]string `yaml:"on"`
	Next    string            `yaml:"next"`
}

// holdDef is a hold a step places.
type holdDef struct {
	Reason string `yaml:"reason"`
	Scope  string `yaml:"scope"`
	Timed  bool   `yaml:"timed"` // ends after the policy's hold_days; else only a person lifts it
}

// caseDef is a case a step opens.
type caseDef struct {
	Kind string `yaml:"kind"`
	Days int    `yaml:"days"` // until somebody must have answered
}

// words is one reply id or a list of them.
type words []string

func (w *words) UnmarshalYAML(unmarshal func(any) error) error {
	var one string
	if err := unmarshal(&one); err == nil {
		*w = words{one}
		return nil
	}
	var many []string
	err := unmarshal(&many)
	*w = many
	return err
}

// readFlows decodes every flow file strictly: an unknown key stops the start.
func readFlows(src fs.FS) (map[string]*flowDef, error) {
	names, err := fs.Glob(src, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("flows: %w", err)
	}
	out := map[string]*flowDef{}
	var errs []error
	for _, name := range names {
		b, err := fs.ReadFile(src, name)
		if err != nil {
			return nil, fmt.Errorf("flows: %w", err)
		}
		f := &flowDef{}
		if err := yaml.NewDecoder(bytes.NewReader(b), yaml.Strict(), yaml.DisallowUnknownField()).Decode(f); err != nil {
			errs = append(errs, fmt.Errorf("flows: %s: %w", name, err))
			continue
		}
		if want := strings.TrimSuffix(path.Base(name), ".yaml"); f.ID != want {
			errs = append(errs, fmt.Errorf("flows: %s holds the flow %q, want %q", name, f.ID, want))
		}
		f.number()
		out[f.ID] = f
	}
	if len(out) == 0 {
		errs = append(errs, errors.New("flows: no flow file"))
	}
	return out, errors.Join(errs...)
}

// ownFlows are the embedded flows, read once in a process: they cannot change.
var ownFlows = sync.OnceValues(func() (map[string]*flowDef, error) { return readFlows(flowFiles) })

// number gives steps without an id one, and finds them by it: of equal ids the last, which compiling refuses.
func (f *flowDef) number() {
	f.index = map[string]int{}
	for i := range f.Steps {
		if f.Steps[i].ID == "" {
			f.Steps[i].ID = fmt.Sprintf("step%d", i+1)
		}
		f.index[f.Steps[i].ID] = i
	}
}

// step finds a step by its id; the empty id is the first.
func (f *flowDef) step(id string) *stepDef {
	if id == "" {
		return &f.Steps[0]
	}
	if i, ok := f.index[id]; ok {
		return &f.Steps[i]
	}
	return nil
}

// after is the step that follows by position, or the end.
func (f *flowDef) after(id string) string {
	i := f.index[id]
	if i+1 < len(f.Steps) {
		return f.Steps[i+1].ID
	}
	return toEnd
}

// next is where a step leads when nothing says otherwise.
func (f *flowDef) next(s *stepDef) string {
	if s.Next != "" {
		return s.Next
	}
	return f.after(s.ID)
}

// targets are all places a step may lead to.
func (f *flowDef) targets(s *stepDef) []string {
	var out []string
	for _, t := range s.On {
		out = append(out, t)
	}
	if s.Do == "" && s.Listen == "" || len(s.On) == 0 {
		out = append(out, f.next(s))
	}
	if s.When != "" || s.Unless != "" {
		out = append(out, f.after(s.ID))
	}
	slices.Sort(out)
	return slices.Compact(out)
}
