package sms

import (
	"bytes"
	"encoding/json"
)

// loose is a field that one page of a vendor shows as a text and another as a number or a truth value.
type loose string

func (l *loose) UnmarshalJSON(b []byte) error {
	b = bytes.TrimSpace(b)
	switch {
	case len(b) > 0 && b[0] == '"':
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		*l = loose(s)
	case string(b) == "null":
	default: // a number keeps its digits; what is neither is as good as absent
		if len(b) > 0 && b[0] != '{' && b[0] != '[' {
			*l = loose(b)
		}
	}
	return nil
}
