package linear

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// magic begins every file; its digit is the version of the format.
const magic = "hejie-linear-1\n"

// header is one line of JSON after the magic, so that `head -2` shows what a file is.
type header struct {
	Hash   string    `json:"hash"` // of examples and configuration
	Config Config    `json:"config"`
	Labels []string  `json:"labels"`
	Rows   int       `json:"rows"`
	Scale  []float32 `json:"scale"`
	Bias   []float32 `json:"bias"`
	Slope  []float32 `json:"slope"`
	Shift  []float32 `json:"shift"`
}

// Write writes the model: a readable head, then the buckets (as steps) and the weights label by label, compressed.
func (m *Model) Write(w io.Writer) error {
	n := len(m.labels)
	head, err := json.Marshal(header{m.hash, m.cfg, m.labels, len(m.weight) / n, m.scale, m.bias, m.slope, m.shift})
	if err != nil {
		return fmt.Errorf("linear: %w", err)
	}
	if _, err := io.WriteString(w, magic+string(head)+"\n"); err != nil {
		return fmt.Errorf("linear: %w", err)
	}
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return fmt.Errorf("linear: %w", err)
	}
	var body []byte
	last := 0
	for b, row := range m.rows {
		if row > 0 {
			body = binary.AppendUvarint(body, uint64(b-last))
			last = b
		}
	}
	for k := range n { // one label's weights side by side compress better
		for i := k; i < len(m.weight); i += n {
			body = append(body, byte(m.weight[i]))
		}
	}
	if _, err := z.Write(body); err != nil {
		return fmt.Errorf("linear: %w", err)
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("linear: %w", err)
	}
	return nil
}

// maxHead bounds the head of a file, maxRows its rows: a broken file must not eat the memory.
const (
	maxHead = 1 << 20
	maxRows = 1 << 20
)

// Read reads a model and checks that it is whole.
func Read(r io.Reader) (*Model, error) {
	br := bufio.NewReaderSize(r, 64<<10)
	got := make([]byte, len(magic))
	if _, err := io.ReadFull(br, got); err != nil || string(got) != magic {
		return nil, fmt.Errorf("linear: not a model file of this version (%q): %w", strings.TrimSpace(string(got)), errors.Join(errFormat, err))
	}
	line, err := readLine(br)
	if err != nil {
		return nil, err
	}
	var h header
	if err := json.Unmarshal(line, &h); err != nil {
		return nil, fmt.Errorf("linear: head: %w", err)
	}
	n := len(h.Labels)
	if err := h.Config.check(); err != nil {
		return nil, err
	}
	if n < 2 || n > 4096 || h.Rows < 0 || h.Rows > maxRows || h.Rows > 1<<h.Config.Bits || len(h.Scale) != n || len(h.Bias) != n || len(h.Slope) != n || len(h.Shift) != n {
		return nil, fmt.Errorf("linear: head: %d labels, %d rows: %w", n, h.Rows, errFormat)
	}
	m := &Model{cfg: h.Config, labels: h.Labels, hash: h.Hash, scale: h.Scale, bias: h.Bias, slope: h.Slope, shift: h.Shift}
	return m, m.readBody(br, h.Rows)
}

var errFormat = errors.New("the file is broken")

func readLine(br *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, more, err := br.ReadLine()
		if err != nil {
			return nil, fmt.Errorf("linear: head: %w", err)
		}
		if line = append(line, part...); len(line) > maxHead {
			return nil, fmt.Errorf("linear: head too long: %w", errFormat)
		}
		if !more {
			return line, nil
		}
	}
}

func (m *Model) readBody(br *bufio.Reader, rows int) error {
	z, err := gzip.NewReader(br)
	if err != nil {
		return fmt.Errorf("linear: body: %w", err)
	}
	body := bufio.NewReaderSize(z, 64<<10)
	m.rows = make([]int32, 1<<m.cfg.Bits)
	at := uint64(0)
	for i := range rows {
		d, err := binary.ReadUvarint(body)
		if err != nil {
			return fmt.Errorf("linear: body: %w", err)
		}
		if at += d; at >= uint64(len(m.rows)) || m.rows[at] != 0 {
			return fmt.Errorf("linear: body: bucket %d: %w", at, errFormat)
		}
		m.rows[at] = int32(i + 1)
	}
	n := len(m.labels)
	m.weight = make([]int8, rows*n)
	column := make([]byte, rows)
	for k := range n {
		if _, err := io.ReadFull(body, column); err != nil {
			return fmt.Errorf("linear: body: %w", err)
		}
		for i, b := range column {
			m.weight[i*n+k] = int8(b)
		}
	}
	if _, err := body.ReadByte(); !errors.Is(err, io.EOF) { // also reads the checksum
		return fmt.Errorf("linear: body: %w", errors.Join(errFormat, err))
	}
	return nil
}
