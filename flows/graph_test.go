package flows

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

// Every flow can be drawn, every step is in its drawing, and the SVG is well-formed.
func TestDrawings(t *testing.T) {
	e := engine(t)
	for _, id := range e.FlowIDs() {
		m, err := e.Mermaid(id)
		if err != nil {
			t.Fatal(err)
		}
		svg, err := e.SVG(id)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range e.flows[id].Steps {
			if !strings.Contains(m, "s_"+s.ID) || !strings.Contains(svg, ">"+s.ID+":") {
				t.Errorf("%s/%s is not drawn", id, s.ID)
			}
		}
		d := xml.NewDecoder(strings.NewReader(svg))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", id, err)
			}
		}
	}
	if _, err := e.Mermaid("nope"); err == nil {
		t.Error("a flow that does not exist was drawn")
	}
}
