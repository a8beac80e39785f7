package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// maxLine bounds one JSONL input line; a longer one is reported, not read into memory without end.
const maxLine = 4 << 20

type lineError struct {
	Line  int `json:"line"`
	Error struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

// eachLine decodes one JSON object a line into T, answers it with f, and flushes each answer.
// A bad line is reported in its place, the rest goes on, and the command ends with errFails.
func eachLine[T any](std *IO, f func(T) (any, error)) error {
	in := bufio.NewReaderSize(std.In, 64<<10)
	out := json.NewEncoder(std.Out)
	out.SetEscapeHTML(false)
	bad := false
	for n := 1; ; n++ {
		line, tooLong, rerr := readLine(in)
		if rerr != nil && len(line) == 0 && !tooLong {
			break
		}
		if len(bytes.TrimSpace(line)) == 0 && !tooLong {
			if rerr != nil {
				break
			}
			continue
		}
		var answer any
		var v T
		var err error
		code := "bad_json"
		switch {
		case tooLong:
			code, err = "too_large", fmt.Errorf("line is longer than %d bytes", maxLine)
		default:
			if err = json.Unmarshal(line, &v); err == nil {
				code = "invalid"
				answer, err = f(v)
			}
		}
		if err != nil {
			bad = true
			e := lineError{Line: n}
			e.Error.Code, e.Error.Message = code, err.Error()
			answer = e
		}
		if err := out.Encode(answer); err != nil {
			return err
		}
		if rerr != nil {
			break
		}
	}
	if bad {
		return fmt.Errorf("%w: %w", errSilent, errFails)
	}
	return nil
}

// readLine returns one line without its end; tooLong when it passed maxLine (the rest is skipped).
func readLine(r *bufio.Reader) (line []byte, tooLong bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) <= maxLine {
			line = append(line, part...)
		} else {
			tooLong = true
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if tooLong {
			line = nil
		}
		return bytes.TrimRight(line, "\r\n"), tooLong, err
	}
}
