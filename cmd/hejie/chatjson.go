package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"hejie/bot"
	"hejie/bot/guard"
	"hejie/flows"
	"hejie/flows/arrange"
)

type turnLine struct {
	Turn     int             `json:"turn"`
	Replies  []replyLine     `json:"replies"`
	Verdicts []guard.Verdict `json:"verdicts"`
	State    stateLine       `json:"state"`
	Error    *errorLine      `json:"error,omitempty"`
}

type replyLine struct {
	Text  string          `json:"text"`
	Card  json.RawMessage `json:"card,omitempty"`
	Quick []string        `json:"quick,omitempty"`
}

type stateLine struct {
	Flow     string         `json:"flow"`
	Step     string         `json:"step"`
	Identity flows.Identity `json:"identity"`
}

type errorLine struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

type endLine struct {
	Outcome     string           `json:"outcome"`
	Arrangement *arrangementLine `json:"arrangement,omitempty"`
	Holds       []flows.Hold     `json:"holds"`
	Cases       []flows.Case     `json:"cases"`
	Promises    []flows.Promise  `json:"promises"`
	OptOuts     []string         `json:"opt_outs"`
	Handoff     *handoffLine     `json:"handoff,omitempty"`
}

type arrangementLine struct {
	ID          string               `json:"id"`
	Kind        arrange.Kind         `json:"kind"`
	Total       int64                `json:"total_fen"`
	Waived      int64                `json:"waived_fen"`
	Instalments []arrange.Instalment `json:"instalments"`
	SHA256      string               `json:"sha256"`
}

type handoffLine struct {
	Reason string `json:"reason"`
}

func (t *talk) json(ctx context.Context, std *IO) error {
	n := 0
	err := eachTurn(std.In, func(line string) error {
		n++
		return t.jsonTurn(ctx, n, line, std.Out)
	})
	if err != nil {
		return err
	}
	end, err := t.end(ctx)
	if err != nil {
		return err
	}
	return writeLine(std.Out, map[string]any{"end": end})
}

// jsonTurn plays one line of input and writes the line that answers it.
func (t *talk) jsonTurn(ctx context.Context, n int, line string, w io.Writer) error {
	out := turnLine{Turn: n, Replies: []replyLine{}, Verdicts: []guard.Verdict{}}
	if err := t.turn(ctx, line); err != nil {
		if out.Error = mendable(err); out.Error == nil {
			return err
		}
	}
	for _, c := range t.term.take() {
		out.Replies = append(out.Replies, asReply(c))
	}
	out.Verdicts, t.rec.verdicts = append(out.Verdicts, t.rec.verdicts...), nil
	conv, err := t.core.bot.Conversation(ctx, t.conv)
	if err != nil {
		return err
	}
	top := conv.State.Top()
	out.State = stateLine{Flow: top.Flow, Step: top.Step, Identity: conv.Identity}
	return writeLine(w, out)
}

func writeLine(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// mendable is what the writer can do something about; anything else is ours and ends the command.
func mendable(err error) *errorLine {
	for code, e := range map[string]error{"too_large": bot.ErrTooLarge, "empty": bot.ErrEmpty, "conv_closed": bot.ErrClosed, "bad_line": errBadLine} {
		if errors.Is(err, e) {
			return &errorLine{code, err.Error()}
		}
	}
	var d *durationError
	if errors.As(err, &d) {
		return &errorLine{"bad_wait", err.Error()}
	}
	return nil
}

func asReply(c guard.Cleared) replyLine {
	var r replyLine
	for _, p := range c.Parts() {
		switch p.Role {
		case "body":
			r.Text = p.Text
		case "card":
			r.Card = p.Data
		case "button":
			r.Quick = append(r.Quick, p.Text)
		}
	}
	return r
}

// end sums up what became true, from the effects the store committed.
func (t *talk) end(ctx context.Context) (endLine, error) {
	conv, err := t.core.bot.Conversation(ctx, t.conv)
	if err != nil {
		return endLine{}, err
	}
	e := endLine{Outcome: or(conv.State.Outcome, "open"), Holds: []flows.Hold{}, Cases: []flows.Case{}, Promises: []flows.Promise{}, OptOuts: []string{}}
	for _, f := range t.rec.effects {
		switch f.Kind {
		case flows.EffAgreed:
			o := f.Agreement.Offer
			e.Arrangement = &arrangementLine{f.Agreement.ID, o.Kind, int64(o.Total), int64(o.Waived), o.Instalments, f.Agreement.SHA256}
		case flows.EffWithdrawn:
			if e.Arrangement != nil && e.Arrangement.ID == f.Text {
				e.Arrangement = nil
			}
		case flows.EffHold:
			if !slices.Contains(e.Holds, *f.Hold) { // placed before identity and bound to the account after it
				e.Holds = append(e.Holds, *f.Hold)
			}
		case flows.EffCase:
			if !slices.Contains(e.Cases, *f.Case) {
				e.Cases = append(e.Cases, *f.Case)
			}
		case flows.EffCaseNote:
			if i := slices.IndexFunc(e.Cases, func(c flows.Case) bool { return c.ID == f.Case.ID }); i >= 0 {
				e.Cases[i].Note = strings.TrimPrefix(e.Cases[i].Note+"; "+f.Case.Note, "; ")
			}
		case flows.EffPromise:
			e.Promises = append(e.Promises, *f.Promise)
		case flows.EffOptOut:
			e.OptOuts = append(e.OptOuts, f.Text)
		case flows.EffHandoff:
			e.Handoff = &handoffLine{f.Reason}
		}
	}
	return e, nil
}

// people is the terminal for a person.
func (t *talk) people(ctx context.Context, std *IO) error {
	show := func() {
		for _, c := range t.term.take() {
			r := asReply(c)
			fmt.Fprintln(std.Out, "\n< "+strings.ReplaceAll(r.Text, "\n", "\n  "))
			for _, p := range c.Parts() {
				if p.Role == "card" {
					fmt.Fprintln(std.Out, "  | "+strings.ReplaceAll(p.Text, "\n", "\n  | "))
				}
			}
			if len(r.Quick) > 0 {
				fmt.Fprintln(std.Out, "  ["+strings.Join(r.Quick, "] [")+"]")
			}
		}
		fmt.Fprint(std.Out, "> ")
	}
	show()
	return eachTurn(std.In, func(line string) error {
		if err := t.turn(ctx, line); err != nil {
			if m := mendable(err); m != nil {
				fmt.Fprintln(std.Out, "! "+m.Message)
			} else {
				return err
			}
		}
		show()
		return nil
	})
}

type durationError struct{ text string }

func (e *durationError) Error() string {
	return strconv.Quote(e.text) + " is not an ISO 8601 duration such as PT49H or P3D"
}

// parseISODuration reads P3D, PT49H, P1DT2H30M. Months and years have no fixed length and are refused; a wait is at most ten years.
func parseISODuration(s string) (time.Duration, error) {
	bad := &durationError{s}
	rest, ok := strings.CutPrefix(s, "P")
	if !ok || rest == "" {
		return 0, bad
	}
	units := map[byte]time.Duration{'W': 7 * 24 * time.Hour, 'D': 24 * time.Hour}
	var total time.Duration
	num := ""
	for i := range len(rest) {
		switch c := rest[i]; {
		case c == 'T' && num == "":
			units = map[byte]time.Duration{'H': time.Hour, 'M': time.Minute, 'S': time.Second}
		case c >= '0' && c <= '9' && len(num) < 6:
			num += string(c)
		case units[c] > 0 && num != "":
			n, _ := strconv.Atoi(num)
			total += time.Duration(n) * units[c]
			num = ""
		default:
			return 0, bad
		}
	}
	if num != "" || total <= 0 || total > 10*365*24*time.Hour {
		return 0, bad
	}
	return total, nil
}
