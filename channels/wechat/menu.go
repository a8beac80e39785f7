package wechat

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"
)

// MenuButton is one entry of the account's menu: a key that comes back as an event, or an address. Sub makes it a group.
type MenuButton struct {
	Name string       `json:"name"`
	Type string       `json:"type,omitempty"` // click | view
	Key  string       `json:"key,omitempty"`
	URL  string       `json:"url,omitempty"`
	Sub  []MenuButton `json:"sub_button,omitempty"`
}

// SetMenu replaces the account's menu. Enabling a callback switches the vendor's own off, so this is the only way to have one.
func (c *Channel) SetMenu(ctx context.Context, buttons []MenuButton) error {
	if err := CheckMenu(buttons); err != nil {
		return err
	}
	e, err := c.withToken(ctx, "/cgi-bin/menu/create", map[string]any{"button": buttons})
	if err != nil {
		return err
	}
	if e.Code != 0 {
		return &e
	}
	return nil
}

// CheckMenu tells whether the vendor would take a menu.
func CheckMenu(buttons []MenuButton) error { return checkMenu(buttons, 3, 16, true) }

func checkMenu(list []MenuButton, most, name int, groups bool) error {
	if len(list) == 0 || len(list) > most {
		return fmt.Errorf("wechat: a menu has 1 to %d entries, not %d", most, len(list))
	}
	var faults []error
	for _, b := range list {
		group := len(b.Sub) > 0
		switch {
		case b.Name == "" || len(b.Name) > name || !utf8.ValidString(b.Name):
			faults = append(faults, fmt.Errorf("wechat: %q has more than %d bytes or none", b.Name, name))
		case group && !groups:
			faults = append(faults, fmt.Errorf("wechat: %q is a group within a group", b.Name))
		case group:
			faults = append(faults, checkMenu(b.Sub, 5, 60, false))
		case b.Type == "click" && (b.Key == "" || len(b.Key) > 128), b.Type == "view" && (b.URL == "" || len(b.URL) > 1024), b.Type != "click" && b.Type != "view":
			faults = append(faults, fmt.Errorf("wechat: %q needs a type click with a key or view with an address", b.Name))
		}
	}
	return errors.Join(faults...)
}
