package calendar

import (
	"bytes"
	_ "embed"
	"fmt"
	"sync"
	"time"

	"github.com/goccy/go-yaml"
)

//go:embed data/zones.yaml
var zonesYAML []byte

var zoneNames = sync.OnceValues(func() (map[string][]string, error) {
	var out map[string][]string
	if err := yaml.NewDecoder(bytes.NewReader(zonesYAML), yaml.Strict()).Decode(&out); err != nil {
		return nil, fmt.Errorf("calendar: zones: %w", err)
	}
	return out, nil
})

// ZonesFor are the zones a debtor may be in: the one that is known, else all of the jurisdiction. A jurisdiction that is
// not listed has none, and nothing may then be sent unasked (Window.Allows).
func ZonesFor(jurisdiction, known string) ([]*time.Location, error) {
	names, err := zoneNames()
	if err != nil {
		return nil, err
	}
	list := names[jurisdiction]
	if known != "" {
		list = []string{known}
	}
	out := make([]*time.Location, 0, len(list))
	for _, n := range list {
		z, err := time.LoadLocation(n)
		if err != nil {
			return nil, fmt.Errorf("calendar: zone %q: %w", n, err)
		}
		out = append(out, z)
	}
	return out, nil
}
