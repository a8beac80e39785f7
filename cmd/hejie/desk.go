package main

import (
	"fmt"
	"strings"
	"time"

	"hejie/flows"
)

// desk answers whether a person can take over now.
type desk struct {
	from, to string // HH:MM
	agents   int
	zone     *time.Location
}

func newDesk(open string, agents int, zone *time.Location) (desk, error) {
	from, to, ok := strings.Cut(open, "-")
	if !ok {
		return desk{}, fmt.Errorf("desk hours %q: want 09:00-18:00", open)
	}
	for _, s := range []string{from, to} {
		if _, err := time.Parse("15:04", s); err != nil {
			return desk{}, fmt.Errorf("desk hours %q: want 09:00-18:00", open)
		}
	}
	if from >= to {
		return desk{}, fmt.Errorf("desk hours %q: opens after it closes", open)
	}
	return desk{from, to, agents, zone}, nil
}

func (d desk) at(now time.Time) flows.Desk {
	hm := now.In(d.zone).Format("15:04")
	return flows.Desk{
		Open: d.agents > 0 && d.from <= hm && hm < d.to, Agents: d.agents,
		Hours: d.from + "-" + d.to, OpensAt: d.from,
	}
}
