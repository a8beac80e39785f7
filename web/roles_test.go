package web

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"hejie/bot"
)

// Every role against every action, written out: a change of rights must change this table too.
func TestRoles(t *testing.T) {
	want := map[string]map[Action]bool{
		"agent": {SeeQueue: true, Read: true, ReadLocked: false, TakeOver: true, HandBack: true, Close: true, Reply: true,
			WriteNote: true, Unmask: true, ReadAudit: false,
			TryOffers: true, SendOffer: true, PlaceHold: true, AskLook: true, Transfer: true, Approve: true, ResolveHeld: true, SeeCases: true, CloseCases: true, CloseOutside: true,
			SeePolicy: true, SeeDelivery: true, Invite: true},
		"supervisor": {SeeQueue: true, Read: true, ReadLocked: true, TakeOver: false, HandBack: false, Close: false, Reply: false,
			WriteNote: true, Unmask: true, ReadAudit: true,
			TryOffers: true, PlaceHold: true, LiftHold: true, DecideLook: true, TransferAny: true, Approve: true, ResolveHeld: true, SeeCases: true,
			CloseCases: true, CloseOutside: true, SeePolicy: true, SeeDelivery: true, RetryDelivery: true, SeeHooks: true},
		"compliance": {SeeQueue: true, Read: true, ReadLocked: true, TakeOver: false, HandBack: false, Close: false, Reply: false,
			WriteNote: false, Unmask: false, ReadAudit: true, SeeCases: true, CloseOutside: true, SeePolicy: true, SeeDelivery: true, SeeHooks: true},
		"admin": {SeeQueue: true, Read: true, ReadLocked: true, TakeOver: true, HandBack: true, Close: true, Reply: true,
			WriteNote: true, Unmask: true, ReadAudit: true,
			TryOffers: true, SendOffer: true, PlaceHold: true, LiftHold: true, AskLook: true, DecideLook: true, Transfer: true, TransferAny: true, Approve: true,
			ResolveHeld: true, SeeCases: true, CloseCases: true, CloseOutside: true, SeePolicy: true, SeeDelivery: true,
			RetryDelivery: true, SeeHooks: true, Integrate: true, Invite: true},
		"":        {},
		"unknown": {},
	}
	for role := range roleActions {
		if want[role] == nil {
			t.Errorf("role %s is not in the table", role)
		}
	}
	for role, rights := range want {
		for _, a := range Actions {
			if got := can(role, a); got != rights[a] {
				t.Errorf("%s may %s: %v", role, a, got)
			}
		}
	}
}

// Each route is tried by each role: the answer is 403 exactly when the table says so.
func TestEveryRouteAsksTheTable(t *testing.T) {
	routes := []struct {
		method, path string
		body         any
		action       Action
	}{
		{"GET", "/queue", nil, SeeQueue},
		{"GET", "/tenants", nil, SeeQueue},
		{"GET", "/me", nil, SeeQueue},
		{"GET", "/conversations/c1", nil, Read},
		{"GET", "/conversations/c1/panel", nil, Read},
		{"POST", "/conversations/c1/unmask", nil, Unmask},
		{"POST", "/conversations/c1/take", nil, TakeOver},
		{"POST", "/conversations/c1/check", map[string]string{"text": "您好"}, Reply},
		{"POST", "/conversations/c1/reply", map[string]string{"text": "您好"}, Reply},
		{"POST", "/conversations/c1/hand-back", nil, HandBack},
		{"POST", "/conversations/c1/close", nil, Close},
		{"POST", "/conversations/c1/notes", map[string]string{"text": "x"}, WriteNote},
		{"GET", "/audit", nil, ReadAudit},
	}
	d := newTestDesk(t)
	var covered []string
	for _, rt := range routes {
		covered = append(covered, rt.method+" "+rt.path)
		if res := d.client().do(rt.method, consoleAPI+rt.path, rt.body); res.status != http.StatusUnauthorized {
			t.Errorf("%s %s without a session: %d", rt.method, rt.path, res.status)
		}
	}
	for role := range roleActions {
		d := newTestDesk(t)
		c := d.as(role)
		for _, rt := range routes {
			res := c.do(rt.method, consoleAPI+rt.path, rt.body)
			if forbidden := res.status == http.StatusForbidden; forbidden == can(role, rt.action) {
				t.Errorf("%s %s as %s: %d %s", rt.method, rt.path, role, res.status, res.body)
			}
		}
	}
	for _, r := range d.srv.engine.Routes() { // no console route may be missing from the list above
		var rest string
		if n, _ := fmt.Sscanf(r.Path, consoleAPI+"%s", &rest); n != 1 || rest == "/sign-in" || rest == "/sign-out" {
			continue
		}
		key := r.Method + " " + replaceID(rest)
		if !slices.Contains(covered, key) {
			t.Errorf("route %s is not tried", key)
		}
	}
}

func replaceID(path string) string {
	const p = "/conversations/:id"
	if len(path) >= len(p) && path[:len(p)] == p {
		return "/conversations/c1" + path[len(p):]
	}
	return path
}

func TestCrisisContentIsForItsHolder(t *testing.T) {
	d := newTestDesk(t)
	c := d.desk.convs["c1"]
	c.Crisis, c.Control, c.AgentID = true, bot.ByAgent, "id-other"
	d.desk.msgs["c1"] = []bot.Message{{ID: "m", Seq: 1, Direction: "in", Author: "debtor", Kind: "text", Text: "PRIVATE WORDS"}}
	for login, allowed := range map[string]bool{"other": true, "agent": false, "supervisor": true, "compliance": true, "admin": true} {
		cl := d.as(login)
		res := cl.get(consoleAPI + "/conversations/c1")
		if (res.status == 200) != allowed {
			t.Errorf("%s reads the crisis: %d", login, res.status)
		}
		var q struct{ Items []QueueLine }
		cl.get(consoleAPI+"/queue").into(t, &q)
		if q.Items[0].Locked == allowed || (q.Items[0].LastText != "") != allowed {
			t.Errorf("%s sees in the queue: %+v", login, q.Items[0])
		}
	}
	cl := d.as("agent")
	for _, path := range []string{"/panel"} {
		if res := cl.get(consoleAPI + "/conversations/c1" + path); res.code(t) != "crisis_locked" {
			t.Errorf("%s: %d", path, res.status)
		}
	}
	for _, path := range []string{"/unmask", "/take", "/close", "/hand-back"} {
		if res := cl.post(consoleAPI+"/conversations/c1"+path, nil); res.code(t) != "crisis_locked" {
			t.Errorf("%s: %d", path, res.status)
		}
	}
}
