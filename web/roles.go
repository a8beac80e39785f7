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

	TryOffers     Action = "offer"
	SendOffer     Action = "offer_send"
	PlaceHold     Action = "hold"
	LiftHold      Action = "hold_lift"
	AskLook       Action = "second_look_ask"
	DecideLook    Action = "second_look"
	Transfer      Action = "transfer"
	TransferAny   Action = "transfer_any"
	Approve       Action = "approve"
	ResolveHeld   Action = "held"
	SeeCases      Action = "cases"
	CloseCases    Action = "case_close"
	CloseOutside  Action = "case_close_outside" // words at another desk: those who answer for words may settle them
	SeePolicy     Action = "policy"
	SeeDelivery   Action = "delivery"
	RetryDelivery Action = "delivery_retry"
	SeeHooks      Action = "integrations_read"
	Integrate     Action = "integrations"
	Invite        Action = "invite"
)

// Actions is all of them, for the exhaustive test and the OpenAPI text.
var Actions = []Action{
	SeeQueue, Read, ReadLocked, TakeOver, HandBack, Close, Reply, WriteNote, Unmask, ReadAudit,
	TryOffers, SendOffer, PlaceHold, LiftHold, AskLook, DecideLook, Transfer, TransferAny, Approve, ResolveHeld, SeeCases, CloseCases, CloseOutside, SeePolicy, SeeDelivery,
	RetryDelivery, SeeHooks, Integrate, Invite,
}

// roleActions is the whole of who may do what. A role that is not here may do nothing.
var roleActions = map[string][]Action{
	"agent": {SeeQueue, Read, TakeOver, HandBack, Close, Reply, WriteNote, Unmask,
		TryOffers, SendOffer, PlaceHold, AskLook, Transfer, Approve, ResolveHeld, SeeCases, CloseCases, CloseOutside, SeePolicy, SeeDelivery, Invite},
	"supervisor": {SeeQueue, Read, ReadLocked, WriteNote, Unmask, ReadAudit,
		TryOffers, PlaceHold, LiftHold, DecideLook, TransferAny, Approve, ResolveHeld, SeeCases, CloseCases, CloseOutside, SeePolicy, SeeDelivery, RetryDelivery, SeeHooks},
	"compliance": {SeeQueue, Read, ReadLocked, ReadAudit, SeeCases, CloseOutside, SeePolicy, SeeDelivery, SeeHooks},
	"admin":      Actions,
}

func can(role string, a Action) bool { return slices.Contains(roleActions[role], a) }
