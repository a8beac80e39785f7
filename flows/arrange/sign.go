package arrange

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"hejie/flows/ledger"
)

// termsID names an offer by what it obliges to. Time of asking and reasons stay out of it: the same facts give the
// same id, so that asking twice cannot lay two different-looking twins on the table.
func termsID(o Offer, acc Account) string {
	return "off_" + digest(struct {
		Account     string         `json:"account"`
		Before      ledger.Balance `json:"before"`
		Kind        Kind           `json:"kind"`
		Currency    string         `json:"currency"`
		Total       ledger.Amount  `json:"total"`
		Waived      ledger.Amount  `json:"waived"`
		Instalments []Instalment   `json:"instalments"`
		Approval    bool           `json:"approval"`
		Policy      string         `json:"policy"`
	}{acc.ID, acc.Balance, o.Kind, o.Currency, o.Total, o.Waived, o.Instalments, o.NeedsApproval, o.Policy})[:20]
}

// digest is the hex SHA-256 of v's canonical JSON. encoding/json writes struct fields in their order and map keys
// sorted, which is canonical as long as times and empty slices are put into one form first.
func digest(v any) string {
	sum := sha256.Sum256(canonical(v))
	return hex.EncodeToString(sum[:])
}

func canonical(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		// Only plain structs come here, with their times clamped: this cannot happen. Going on with an empty digest
		// would make two different offers the same, so it must not be swallowed either.
		panic("arrange: canonical JSON: " + err.Error())
	}
	return raw
}

// canonicalTime is what a database with milliseconds gives back, inside the years JSON can write.
func canonicalTime(t time.Time) time.Time {
	t = t.UTC().Truncate(time.Millisecond)
	if t.Year() < 0 || t.Year() > 9999 {
		return time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
	}
	return t
}

func (o Offer) canonical() Offer {
	o.Signature = ""
	o.ValidUntil = canonicalTime(o.ValidUntil)
	if o.Instalments == nil {
		o.Instalments = []Instalment{}
	}
	if o.Why == nil {
		o.Why = []Reason{}
	}
	return o
}

func mac(o Offer, key []byte) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte("hejie offer v1\n")) // the key may sign other things too; none of them may pass for an offer
	m.Write(canonical(o.canonical()))
	return m.Sum(nil)
}

// Sign puts the server's seal on an offer, so that a stored or returned one is provably what the rules made.
func Sign(o Offer, key []byte) Offer {
	o.Signature = hex.EncodeToString(mac(o, key))
	return o
}

// Verify tells whether Sign with this key made o as it stands. It does not look at ValidUntil.
func Verify(o Offer, key []byte) bool {
	got, err := hex.DecodeString(o.Signature)
	return err == nil && hmac.Equal(got, mac(o, key))
}
