package web

import (
	"slices"
)

// Action is one thing a person at the desk may do.
type Action string

const (
	SeeQueue   Action = "queue"
	Read       Action = "read"
	ReadLocked Action = "read_locked" // a crisis another colleague holds
	TakeOver   Action = "take"
	HandBack   Action = "hand_back"
	Close      Action = "close"
	Reply      Action = "reply"
	WriteNote  Action = "note"
	Unmask     Action = "unmask"
	ReadAudit  Action = "audit"
)

// Actions is all of them, for the exhaustive test and the OpenAPI text.
var Actions = []Action{SeeQueue, Read, ReadLocked, TakeOver, HandBack, Close, Reply, WriteNote, Unmask, ReadAudit}

// roleActions is the whole of who may do what. A role that is not here may do nothing.
var roleActions = map[string][]Action{
	"agent":      {SeeQueue, Read, TakeOver, HandBack, Close, Reply, WriteNote, Unmask},
	"supervisor": {SeeQueue, Read, ReadLocked, WriteNote, Unmask, ReadAudit},
	"compliance": {SeeQueue, Read, ReadLocked, ReadAudit},
	"admin":      Actions,
}

func can(role string, a Action) bool { return slices.Contains(roleActions[role], a) }
