package wecom

import (
	"context"
	"errors"
	"slices"

	"hejie/channels"
)

// State is who serves a person at the vendor's desk.
type State int

const (
	StateNew   State = 0 // we may answer
	StateBot   State = 1 // we answer
	StatePool  State = 2 // waiting for the vendor's desk
	StateHuman State = 3
	StateEnded State = 4 // the next message makes it new
)

// ServiceState asks the vendor.
func (c *Channel) ServiceState(ctx context.Context, user string) (State, error) {
	var out struct {
		apiError
		State State `json:"service_state"`
	}
	if err := c.call(ctx, "/cgi-bin/kf/service_state/get", map[string]string{"open_kfid": c.o.OpenKfID, "external_userid": user}, &out); err != nil {
		return 0, err
	}
	if out.Code != 0 {
		return 0, &out.apiError
	}
	return out.State, nil
}

// allowed are the moves the vendor knows.
var allowed = map[State][]State{StateNew: {StateBot, StatePool, StateHuman}, StateBot: {StatePool, StateHuman, StateEnded}, StatePool: {StateHuman, StateEnded}, StateHuman: {StateHuman, StateEnded}}

// ErrMove: the vendor has no such move.
var ErrMove = errors.New("wecom: this state cannot follow")

// Trans moves a person to the pool or to the end, and says where they stand then. ErrMove: where they stood before.
func (c *Channel) Trans(ctx context.Context, user string, to State) (now State, err error) {
	from, err := c.ServiceState(ctx, user)
	if err != nil {
		return 0, err
	}
	if !slices.Contains(allowed[from], to) {
		return from, ErrMove
	}
	var out apiError
	in := map[string]any{"open_kfid": c.o.OpenKfID, "external_userid": user, "service_state": to}
	if err := c.call(ctx, "/cgi-bin/kf/service_state/trans", in, &out); err != nil {
		return 0, err
	}
	if out.Code != 0 {
		return 0, &out
	}
	return to, nil
}

// Desk is a Channel whose people sit at the vendor's own desk: who asks for a person waits in the vendor's pool, and while one of its
// people serves, we are silent. Without it people are those of our console, and the vendor's desk is not used.
type Desk struct{ *Channel }

// Serve moves a person to the pool or ends their session, where the vendor has such a move, and says where they stand then.
func (d Desk) Serve(ctx context.Context, user, to string) (at string, err error) {
	want := StatePool
	if to == "ended" {
		want = StateEnded
	}
	now, err := d.Trans(ctx, user, want)
	if err != nil && !errors.Is(err, ErrMove) {
		return "", err
	}
	return places[now], nil
}

// places are the states as the core knows them.
var places = map[State]string{StatePool: "pool", StateHuman: "human", StateEnded: "ended"}

// moved reads the event that tells of a session's state: from the pool to a servicer, from one to another, its end, its return.
func moved(change int) string {
	switch change {
	case 1, 2, 4:
		return "human"
	case 3:
		return "ended"
	}
	return ""
}

var _ channels.Sender = (*Channel)(nil)
