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
	Rows   int       `json:"rows"`             // buckets
	Shared int       `json:"shared,omitempty"` // rows of weights when several buckets share one (Merge)
	Scale  []float32 `json:"scale"`
	Bias   []float32 `json:"bias"`
	Slope  []float32 `json:"slope"`
	Shift  []float32 `json:"shift"`
}

// Write writes the model: a readable head, then the buckets (as steps) and the weights label by label, compressed.
func (m *Model) Write(w io.Writer) error {
	n := len(m.labels)
	buckets, shared := m.table.buckets(), 0
	if m.cfg.Merge {
		shared = m.weight.len()
	}
	head, err := json.Marshal(header{m.hash, m.cfg, m.labels, len(buckets), shared, m.scale, m.bias, m.slope, m.shift})
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
	last := uint32(0)
	for _, b := range buckets {
		body = binary.AppendUvarint(body, uint64(b-last))
		last = b
	}
	if m.cfg.Merge { // the bytes of one weight side by side compress better
		for shift := 0; shift < rowBytes*8; shift += 8 {
			for _, r := range m.table.row {
				body = append(body, byte(r>>shift))
			}
		}
	}
	for k := range n { // one label's weights side by side compress better
		for i := range m.weight.len() {
			body = append(body, byte(m.weight.get(i, k)))
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
	maxRows = 1 << 23
)

// rowBytes is how many bytes tell a row where rows are shared.
const rowBytes = 3

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
	if n < 2 || n > maxLabels || h.Rows < 0 || h.Rows > maxRows || h.Rows > 1<<h.Config.Bits || h.Shared < 0 || h.Shared > h.Rows || len(h.Scale) != n || len(h.Bias) != n || len(h.Slope) != n || len(h.Shift) != n {
		return nil, fmt.Errorf("linear: head: %d labels, %d rows: %w", n, h.Rows, errFormat)
	}
	m := &Model{cfg: h.Config, labels: h.Labels, hash: h.Hash, scale: h.Scale, bias: h.Bias, slope: h.Slope, shift: h.Shift}
	return m, m.readBody(br, h.Rows, h.Shared)
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

func (m *Model) readBody(br *bufio.Reader, n, shared int) error {
	z, err := gzip.NewReader(br)
	if err != nil {
		return fmt.Errorf("linear: body: %w", err)
	}
	body := bufio.NewReaderSize(z, 64<<10)
	buckets, rows := make([]uint32, n), make([]uint32, n)
	at := uint64(0)
	for i := range buckets {
		d, err := binary.ReadUvarint(body)
		if err != nil {
			return fmt.Errorf("linear: body: %w", err)
		}
		if at += d; at >= 1<<m.cfg.Bits || i > 0 && d == 0 {
			return fmt.Errorf("linear: body: bucket %d: %w", at, errFormat)
		}
		buckets[i], rows[i] = uint32(at), uint32(i)
	}
	weights := n
	if m.cfg.Merge {
		weights = shared
		if err := readRows(body, rows, shared); err != nil {
			return err
		}
	}
	m.table = newTable(m.cfg.Bits, buckets, rows)
	if err := m.readWeights(body, weights); err != nil {
		return err
	}
	if _, err := body.ReadByte(); !errors.Is(err, io.EOF) { // also reads the checksum
		return fmt.Errorf("linear: body: %w", errors.Join(errFormat, err))
	}
	return nil
}

// readRows reads which row each bucket shares.
func readRows(body io.Reader, rows []uint32, shared int) error {
	clear(rows)
	column := make([]byte, len(rows))
	for shift := 0; shift < rowBytes*8; shift += 8 {
		if _, err := io.ReadFull(body, column); err != nil {
			return fmt.Errorf("linear: body: %w", err)
		}
		for i, b := range column {
			rows[i] |= uint32(b) << shift
		}
	}
	for _, r := range rows {
		if int(r) >= shared {
			return fmt.Errorf("linear: body: row %d: %w", r, errFormat)
		}
	}
	return nil
}

func (m *Model) readWeights(body io.Reader, rows int) error {
	n := len(m.labels)
	m.weight = newPacked(n, rows)
	m.weight.rows = m.weight.rows[:cap(m.weight.rows)]
	column := make([]byte, rows)
	for k := range n {
		if _, err := io.ReadFull(body, column); err != nil {
			return fmt.Errorf("linear: body: %w", err)
		}
		for i, b := range column {
			m.weight.set(i, k, int8(b))
		}
	}
	return nil
}
