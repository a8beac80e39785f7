package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"hejie/bot"
	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

type accountsIn struct {
	PageIn
	AccountNo string `query:"account_no" maxLength:"64" doc:"Only this account number"`
}

type accountsOut struct {
	Body struct {
		Items []bot.BookedAccount `json:"items"`
		Next  string              `json:"next_cursor" doc:"Empty: this was the last page"`
	}
}

type accountIn struct {
	ID   string `path:"id" maxLength:"64"`
	AsOf string `query:"as_of" maxLength:"10" doc:"YYYY-MM-DD: what was owed at the end of that day; empty: now"`
}

type accountOut struct{ Body bot.BookedAccount }

type entriesOut struct {
	Body struct {
		Items   []EntryLine    `json:"items"`
		Balance ledger.Balance `json:"balance"`
	}
}

// EntryLine is one ledger line and what it did to each part of the debt.
type EntryLine struct {
	ledger.Entry
	Effect ledger.Balance `json:"effect" doc:"Signed; the effects of all lines sum to the balance"`
}

type paymentIn struct {
	ID   string `path:"id" maxLength:"64"`
	Key  string `header:"Idempotency-Key" minLength:"1" maxLength:"128" required:"true" doc:"The same key again is the same payment"`
	Body struct {
		Amount    ledger.Amount `json:"amount_fen" minimum:"1" doc:"Minor units"`
		Currency  string        `json:"currency" minLength:"3" maxLength:"3"`
		On        string        `json:"on" minLength:"10" maxLength:"10" doc:"Value date, YYYY-MM-DD; not after today"`
		Reference string        `json:"reference,omitempty" maxLength:"64" pattern:"^[A-Za-z0-9._:/-]*$" doc:"Your own number of the payment"`
	}
}

type paymentOut struct{ Body bot.PaymentPosted }

type arrangementsIn struct {
	PageIn
	AccountID string `query:"account_id" maxLength:"64"`
}

type arrangementsOut struct {
	Body struct {
		Items []bot.BookedArrangement `json:"items"`
		Next  string                  `json:"next_cursor"`
	}
}

type arrangementOut struct{ Body bot.BookedArrangement }

func (s *Server) registerBooks(api huma.API) {
	integrate(s, api, get("/accounts", "v1-accounts", "Accounts with their balances, by cursor", "accounts:read"), s.v1Accounts)
	integrate(s, api, get("/accounts/{id}", "v1-account", "One account; its balance now or as of a day", "accounts:read"), s.v1Account)
	integrate(s, api, get("/accounts/{id}/entries", "v1-entries", "The ledger of an account, each line with what it did", "accounts:read"), s.v1Entries)
	integrate(s, api, endpoint{http.MethodPost, "/accounts/{id}/payments", "v1-payment", "Post a payment your system saw; answers with its allocation", "payments:write",
		http.StatusOK}, s.v1Payment)
	integrate(s, api, get("/arrangements", "v1-arrangements", "Arrangements with their instalments, oldest first", "arrangements:read"), s.v1Arrangements)
	integrate(s, api, get("/arrangements/{id}", "v1-arrangement", "One arrangement and the state of each instalment", "arrangements:read"),
		func(ctx context.Context, k bot.APIKey, in *ConvPath) (*arrangementOut, error) {
			a, err := s.opt.Integrators.BookedArrangement(ctx, k.CreditorID, in.ID)
			return &arrangementOut{a}, err
		})
}

func (s *Server) v1Accounts(ctx context.Context, k bot.APIKey, in *accountsIn) (*accountsOut, error) {
	list, err := s.opt.Integrators.AccountsPage(ctx, k.CreditorID, in.Cursor, in.AccountNo, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &accountsOut{}
	out.Body.Items = orEmpty(list)
	if len(list) == in.Limit {
		out.Body.Next = list[len(list)-1].ID
	}
	return out, nil
}

// asOf reads a day and the ledger at its end.
func asOf(a *bot.BookedAccount, day string) (ledger.Statement, error) {
	var on calendar.Date
	if day != "" {
		d, err := calendar.ParseDate(day)
		if err != nil {
			return ledger.Statement{}, fail("invalid")
		}
		on = d
	}
	st, err := ledger.Explain(a.Entries, nil, on)
	if err != nil {
		return st, fmt.Errorf("web: balance of %s: %w", a.ID, err)
	}
	if on.IsZero() {
		st.Balance.AsOf = a.Balance.AsOf
	}
	return st, nil
}

// bookedAsOf is an account of the key's creditor with its statement.
func (s *Server) bookedAsOf(ctx context.Context, k bot.APIKey, in *accountIn) (bot.BookedAccount, ledger.Statement, error) {
	a, err := s.opt.Integrators.BookedAccount(ctx, k.CreditorID, in.ID)
	if err != nil {
		return a, ledger.Statement{}, err
	}
	st, err := asOf(&a, in.AsOf)
	return a, st, err
}

func (s *Server) v1Account(ctx context.Context, k bot.APIKey, in *accountIn) (*accountOut, error) {
	a, st, err := s.bookedAsOf(ctx, k, in)
	if err != nil {
		return nil, err
	}
	a.Balance, a.Total = st.Balance, st.Balance.Total()
	return &accountOut{a}, nil
}

func (s *Server) v1Entries(ctx context.Context, k bot.APIKey, in *accountIn) (*entriesOut, error) {
	_, st, err := s.bookedAsOf(ctx, k, in)
	if err != nil {
		return nil, err
	}
	out := &entriesOut{}
	out.Body.Items, out.Body.Balance = []EntryLine{}, st.Balance
	for _, l := range st.Lines {
		out.Body.Items = append(out.Body.Items, EntryLine{l.Entry, l.Effect})
	}
	return out, nil
}

func (s *Server) v1Payment(ctx context.Context, k bot.APIKey, in *paymentIn) (*paymentOut, error) {
	on, err := calendar.ParseDate(in.Body.On)
	if err != nil {
		return nil, fail("invalid")
	}
	p, err := s.opt.Integrators.PostPayment(ctx, k.CreditorID, bot.PaymentPost{Key: in.Key, AccountID: in.ID, Amount: in.Body.Amount,
		Currency: strings.ToUpper(in.Body.Currency), On: on, Reference: in.Body.Reference, By: keyActor(k)})
	switch codeOf(err) {
	case "conflict":
		return nil, &codeError{"key_reused", err}
	case "empty":
		return nil, &codeError{"not_booked", err}
	}
	if err != nil {
		return nil, err
	}
	return &paymentOut{p}, nil
}

// keyActor is how the audit names a key.
func keyActor(k bot.APIKey) string { return "api:" + k.ID }

func (s *Server) v1Arrangements(ctx context.Context, k bot.APIKey, in *arrangementsIn) (*arrangementsOut, error) {
	ms, id, err := in.time()
	if err != nil {
		return nil, err
	}
	list, err := s.opt.Integrators.ArrangementsPage(ctx, k.CreditorID, in.AccountID, ms, id, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &arrangementsOut{}
	out.Body.Items = orEmpty(list)
	if n := len(list); n == in.Limit {
		out.Body.Next = timeCursor(list[n-1].AgreedMS, list[n-1].ID)
	}
	return out, nil
}
