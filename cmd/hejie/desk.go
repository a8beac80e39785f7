package main

import (
	"fmt"
	"time"

	"hejie/flows"
	"hejie/flows/calendar"
)

// desk answers whether a person can take over now.
type desk struct {
	hours  calendar.Hours
	agents int
	zone   *time.Location
}

func newDesk(open string, agents int, zone *time.Location) (desk, error) {
	h, err := calendar.ParseHours(open)
	if err != nil {
		return desk{}, fmt.Errorf("desk hours: %w", err)
	}
	if h.From >= h.To {
		return desk{}, fmt.Errorf("desk hours %q: opens after it closes", open)
	}
	return desk{h, agents, zone}, nil
}

func (d desk) at(now time.Time) flows.Desk {
	return flows.Desk{
		Open: d.agents > 0 && d.hours.Contains(now, d.zone), Agents: d.agents,
		Hours: d.hours.String(), OpensAt: d.hours.From.String(),
	}
}
