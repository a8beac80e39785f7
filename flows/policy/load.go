package policy

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"hejie/flows/ledger"
)

var parsedDefault = sync.OnceValues(func() (*Policy, error) { return Load(Builtin(), "default.yaml") })

// Default is the policy that stands when a creditor has set none. It is shared: a Policy never changes.
func Default() (*Policy, error) { return parsedDefault() }

// Load reads one policy file from fsys.
func Load(fsys fs.FS, path string) (*Policy, error) {
	raw, err := fs.ReadFile(fsys, path)
	if err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	p, err := Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("policy %s: %w", path, err)
	}
	return p, nil
}

// Parse decodes strictly (an unknown key is an error) and validates.
func Parse(raw []byte) (*Policy, error) {
	if err := noFractions(raw); err != nil {
		return nil, err
	}
	var p Policy
	dec := yaml.NewDecoder(bytes.NewReader(raw), yaml.Strict())
	if err := dec.Decode(&p); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, errors.New("policy: the file is empty")
		}
		return nil, fmt.Errorf("policy: %w", err)
	}
	if err := p.Validate(); err != nil {
		return nil, err
	}
	rule, err := ledger.OrderNamed(p.Allocation)
	if err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	p.order = rule.Order
	return &p, nil
}

// fractions collects numbers with a fraction. A policy has none, and the decoder would cut half a fen, or 12.5 percent,
// to a whole number without a word.
type fractions []error

func (f *fractions) Visit(n ast.Node) ast.Visitor {
	if n.Type() == ast.FloatType {
		*f = append(*f, fmt.Errorf("line %d: %s is not a whole number", n.GetToken().Position.Line, n))
	}
	return f
}

func noFractions(raw []byte) error {
	file, err := parser.ParseBytes(raw, 0)
	if err != nil {
		return fmt.Errorf("policy: %w", err)
	}
	var f fractions
	for _, doc := range file.Docs {
		if doc.Body != nil {
			ast.Walk(&f, doc.Body)
		}
	}
	if len(f) > 0 {
		return fmt.Errorf("policy: %w", errors.Join(f...))
	}
	return nil
}

// Override gives a new policy with o above this one. Its version tells that it differs, and how: offers made under
// different overrides must not look as if one policy had made them.
func (p *Policy) Override(o Overrides) (*Policy, error) {
	raw, err := json.Marshal(o)
	if err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	if string(raw) == "{}" {
		return p, nil
	}
	q := *p
	q.overrides = o
	sum := sha256.Sum256(append([]byte(p.Version+"\x00"), raw...))
	q.Version = p.Version + "+" + hex.EncodeToString(sum[:4])
	if err := q.Validate(); err != nil {
		return nil, err
	}
	return &q, nil
}
