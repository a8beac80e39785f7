package bot

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/goccy/go-yaml"
)

//go:embed retention.yaml
var usualRetention []byte

// Retention says how long files that people sent are kept. It is data: an operator may set another.
type Retention struct {
	Version  string        `yaml:"version"`
	Rules    []KeepRule    `yaml:"rules"`
	Examples []KeepExample `yaml:"examples"`
}

// KeepRule is the time of some kinds of files.
type KeepRule struct {
	ID     string   `yaml:"id"`
	Kinds  []string `yaml:"kinds"`
	Keep   string   `yaml:"keep"`   // 5y, 180d
	From   string   `yaml:"from"`   // talk | case
	Unless []string `yaml:"unless"` // case, hold, plan: while one stands the file is kept
	Basis  string   `yaml:"basis"`

	years, days int
}

// KeepExample is a file and whether its time is over; all must hold at the start.
type KeepExample struct {
	Kind   string   `yaml:"kind"`
	On     string   `yaml:"on"`
	Came   string   `yaml:"came"`
	Talk   string   `yaml:"talk"`
	Case   string   `yaml:"case"` // when the last one was closed
	Stands []string `yaml:"stands"`
	Over   bool     `yaml:"over"`
}

// FileAge is what decides over a kept file.
type FileAge struct {
	ID        string `db:"id"`
	ConvID    string `db:"conv_id"`
	Kind      string `db:"kind"`
	CreatedMS int64  `db:"created_ms"`
	TalkMS    int64  `db:"talk_ms"`   // the last thing that happened in its conversation
	CaseMS    int64  `db:"case_ms"`   // the end of the last case about its person; 0: none
	OpenCase  bool   `db:"open_case"` // what stands in the way
	Held      bool   `db:"held"`
	Plan      bool   `db:"plan"`
}

// sentKinds are the kinds of files a person can send; each has exactly one rule.
var sentKinds = []string{"image", "voice", "video", "file"}

// ParseRetention decodes strictly and checks the rules by their own examples.
func ParseRetention(raw []byte) (*Retention, error) {
	var r Retention
	if err := yaml.UnmarshalWithOptions(raw, &r, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("rules for keeping files: %w", err)
	}
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	covered := map[string]int{}
	for i := range r.Rules {
		k := &r.Rules[i]
		for _, kind := range k.Kinds {
			covered[kind]++
		}
		var err error
		if k.years, k.days, err = keepTime(k.Keep); err != nil {
			fault("%s: %w", k.ID, err)
		}
		if k.ID == "" || k.Basis == "" || (k.From != "talk" && k.From != "case") {
			fault("rule %q needs an id, a basis, and from: talk or case", k.ID)
		}
		if !slices.Contains(k.Unless, "case") || !slices.Contains(k.Unless, "hold") || slices.ContainsFunc(k.Unless, func(s string) bool { return s != "case" && s != "hold" && s != "plan" }) {
			fault("%s: unless names case and hold, and may name plan", k.ID)
		}
	}
	for _, kind := range sentKinds {
		if covered[kind] != 1 {
			fault("%d rules for %s; exactly one is needed", covered[kind], kind)
		}
		delete(covered, kind)
	}
	for kind := range covered {
		fault("nobody can send a %q", kind)
	}
	if r.Version == "" || len(r.Examples) == 0 {
		fault("a version and examples are needed")
	}
	if len(faults) == 0 {
		faults = r.wrongExamples()
	}
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("rules for keeping files: %w", err)
	}
	return &r, nil
}

// keepTime reads 5y or 180d.
func keepTime(s string) (years, days int, err error) {
	if n, err := strconv.Atoi(s[:max(len(s)-1, 0)]); err == nil && n > 0 && n < 10_000 {
		switch s[len(s)-1] {
		case 'y':
			return n, 0, nil
		case 'd':
			return 0, n, nil
		}
	}
	return 0, 0, fmt.Errorf("%q is not a time such as 5y or 180d", s)
}

func (r *Retention) wrongExamples() (faults []error) {
	for i, x := range r.Examples {
		day := func(s string) int64 {
			if s == "" {
				return 0
			}
			t, err := time.Parse(time.DateOnly, s)
			if err != nil {
				faults = append(faults, fmt.Errorf("example %d: %w", i+1, err))
			}
			return t.UnixMilli()
		}
		f := FileAge{Kind: x.Kind, CreatedMS: day(x.Came), TalkMS: day(x.Talk), CaseMS: day(x.Case),
			OpenCase: slices.Contains(x.Stands, "case"), Held: slices.Contains(x.Stands, "hold"), Plan: slices.Contains(x.Stands, "plan")}
		if _, over := r.over(f, time.UnixMilli(day(x.On)).UTC()); over != x.Over {
			faults = append(faults, fmt.Errorf("example %d (%s): over is %v", i+1, x.Kind, over))
		}
	}
	return faults
}

// over tells whether a file's time is over, and by which rule.
func (r *Retention) over(f FileAge, now time.Time) (KeepRule, bool) {
	i := slices.IndexFunc(r.Rules, func(k KeepRule) bool { return slices.Contains(k.Kinds, f.Kind) })
	if i < 0 {
		return KeepRule{}, false // of a time with other kinds: a person must look
	}
	k := r.Rules[i]
	from := max(f.CreatedMS, f.TalkMS)
	if k.From == "case" {
		from = max(from, f.CaseMS)
	}
	stands := map[string]bool{"case": f.OpenCase, "hold": f.Held, "plan": f.Plan}
	if slices.ContainsFunc(k.Unless, func(s string) bool { return stands[s] }) {
		return k, false
	}
	return k, time.UnixMilli(from).AddDate(k.years, 0, k.days).Before(now)
}

// shortest is the day before which no rule lets anything be deleted that came later.
func (r *Retention) shortest(now time.Time) time.Time {
	var at time.Time
	for _, k := range r.Rules {
		if t := now.AddDate(-k.years, 0, -k.days); t.After(at) {
			at = t
		}
	}
	return at
}

// KeepFilesBy sets other rules than the usual ones; call it before Run.
func (b *Bot) KeepFilesBy(r *Retention) { b.keep = r }

const oldFiles = 100 // looked at in one go

// ForgetFiles deletes files whose time is over. Doing it again, or on two nodes at once, deletes nothing twice.
func (b *Bot) ForgetFiles(ctx context.Context) (deleted int, err error) {
	now := b.now()
	var last FileAge
	for {
		list, err := b.store.OldFiles(ctx, b.keep.shortest(now), last, oldFiles)
		if err != nil {
			return deleted, err
		}
		for _, f := range list {
			last = f
			k, over := b.keep.over(f, now)
			if !over {
				continue
			}
			done, err := b.store.DeleteFile(ctx, f.ID, DeletedBy{Rule: k.ID, Version: b.keep.Version, Basis: k.Basis}, now)
			if err != nil {
				return deleted, err
			}
			if done {
				deleted++
			}
		}
		if len(list) < oldFiles {
			return deleted, nil
		}
	}
}

// DeletedBy is why a file's content is no longer there.
type DeletedBy struct {
	Rule    string `json:"rule"`
	Version string `json:"version"`
	Basis   string `json:"basis"`
}
