package store

import (
	"fmt"
	"sync"
	"time"
)

// zones remembers what LoadLocation found: it reads a file each time.
var zones sync.Map // name -> *time.Location

func namedZone(name string) (*time.Location, error) {
	if z, ok := zones.Load(name); ok {
		return z.(*time.Location), nil
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("zone %q: %w", name, err)
	}
	zones.Store(name, z)
	return z, nil
}

// zoneName writes a zone as a name LoadLocation knows, or else as its offset at that time.
func zoneName(z *time.Location, at time.Time) string {
	if z == nil {
		return ""
	}
	if _, err := namedZone(z.String()); err == nil && z != time.Local {
		return z.String()
	}
	return at.In(z).Format("-07:00")
}

// loadZone reads what zoneName wrote.
func loadZone(name string) (*time.Location, error) {
	if name == "" {
		return nil, nil
	}
	if name[0] != '+' && name[0] != '-' {
		return namedZone(name)
	}
	t, err := time.Parse("-07:00", name)
	if err != nil {
		return nil, fmt.Errorf("zone %q: %w", name, err)
	}
	_, offset := t.Zone()
	return time.FixedZone(name, offset), nil
}
