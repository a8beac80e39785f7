package wechat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

const (
	refreshBefore = 5 * time.Minute // the vendor keeps the old token alive that long
	tokenLock     = 10 * time.Second
)

type token struct {
	Value   string    `json:"value"`
	Expires time.Time `json:"expires"`
}

func (c *Channel) tokenKey() string { return "wechat:" + c.o.Account.Name + ":token" }

// accessToken gives the token that all nodes share. failed is one that the vendor just refused: it is fetched anew only if the
// stored one is still that one, for another node may have been faster.
func (c *Channel) accessToken(ctx context.Context, failed string) (string, error) {
	for {
		// A little early and not all nodes at once.
		early := refreshBefore + rand.N(30*time.Second) //nolint:gosec // spreading, not secrecy
		t, _, err := c.storedToken(ctx)
		if err != nil {
			return "", err
		}
		if c.lives(t, failed, early) {
			return t.Value, nil
		}
		owner := fmt.Sprintf("%x", rand.Uint64()) //nolint:gosec // a name, not a secret
		mine, err := c.o.Shared.Lock(ctx, c.tokenKey(), owner, c.o.Now().Add(tokenLock))
		if err != nil {
			return "", err
		}
		if !mine {
			select {
			case <-ctx.Done():
				return "", ctx.Err()
			case <-time.After(100 * time.Millisecond):
			}
			continue
		}
		value, err := c.refreshLocked(ctx, failed, early)
		return value, errors.Join(err, c.o.Shared.Unlock(context.WithoutCancel(ctx), c.tokenKey(), owner))
	}
}

func (c *Channel) lives(t token, failed string, early time.Duration) bool {
	return t.Value != "" && t.Value != failed && c.o.Now().Add(early).Before(t.Expires)
}

// refreshLocked looks once more: between the first look and the lock another may have come and gone.
func (c *Channel) refreshLocked(ctx context.Context, failed string, early time.Duration) (string, error) {
	t, version, err := c.storedToken(ctx)
	if err != nil || c.lives(t, failed, early) {
		return t.Value, err
	}
	return c.refresh(ctx, version)
}

func (c *Channel) storedToken(ctx context.Context) (token, int64, error) {
	var t token
	raw, version, ok, err := c.o.Shared.Load(ctx, c.tokenKey())
	if err != nil || !ok {
		return t, version, err
	}
	if err := json.Unmarshal([]byte(raw), &t); err != nil {
		return token{}, version, nil //nolint:nilerr // unreadable is the same as none
	}
	return t, version, nil
}

// refresh asks for the stable token: asking twice gives the same one, so two nodes cannot drive each other's out.
func (c *Channel) refresh(ctx context.Context, version int64) (string, error) {
	var out struct {
		apiError
		Token string `json:"access_token"`
		Lives int64  `json:"expires_in"`
	}
	err := c.call(ctx, "/cgi-bin/stable_token", "", map[string]any{
		"grant_type": "client_credential", "appid": c.o.AppID, "secret": c.o.Secret, "force_refresh": false,
	}, &out)
	if err != nil {
		return "", err
	}
	if out.Code != 0 || out.Token == "" {
		return "", &out.apiError
	}
	t := token{out.Token, c.o.Now().Add(time.Duration(out.Lives) * time.Second)}
	raw, err := json.Marshal(t)
	if err != nil {
		return "", fmt.Errorf("wechat: %w", err)
	}
	// Losing the race means that another node stored the same token.
	_, err = c.o.Shared.Swap(ctx, c.tokenKey(), version, string(raw), t.Expires)
	return t.Value, err
}
