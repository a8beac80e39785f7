package store

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"

	"hejie/bot"
)

// packStep compresses a turn's record; nil stays nothing. The JSON is canonical: struct order, sorted map keys.
func packStep(r *bot.StepRecord) ([]byte, error) {
	if r == nil {
		return nil, nil
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if err := json.NewEncoder(z).Encode(r); err != nil {
		return nil, fmt.Errorf("turn record: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("turn record: %w", err)
	}
	return b.Bytes(), nil
}

// maxRecord bounds what a damaged row could make us unpack.
const maxRecord = 64 << 20

func unpackStep(raw []byte) (*bot.StepRecord, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("turn record: %w", err)
	}
	var r bot.StepRecord
	if err := json.NewDecoder(io.LimitReader(z, maxRecord)).Decode(&r); err != nil {
		return nil, fmt.Errorf("turn record: %w", err)
	}
	return &r, nil
}
