package webchat

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"hejie/bot"
	"hejie/flows"
)

// Audience a host token must name.
const Audience = "debtchat"

// logoutEvent marks a token that ends sessions; one made to sign in cannot be used to sign out, nor the reverse.
const logoutEvent = "logout"

const minSecret = 32

// hostClaims are what a creditor's portal vouches for.
type hostClaims struct {
	jwt.RegisteredClaims
	ACR   string `json:"acr"`
	Event string `json:"event"`
}

var errHostToken = errors.New("webchat: host token refused")

// verifyHost checks a portal's signed token and spends its id. Algorithm, audience and life are fixed here, so nothing in the
// token can choose how it is judged.
func (c *Channel) verifyHost(ctx context.Context, token, event string) (bot.Tenant, hostClaims, error) {
	var tenant bot.Tenant
	var claims hostClaims
	if len(token) > 8<<10 {
		return tenant, claims, fmt.Errorf("%w: too long", errHostToken)
	}
	parser := jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithAudience(Audience), jwt.WithExpirationRequired(),
		jwt.WithIssuedAt(), jwt.WithLeeway(c.lim.Leeway), jwt.WithTimeFunc(c.now), jwt.WithStrictDecoding(),
	)
	var ours error // the token may be good: we could not look
	_, err := parser.ParseWithClaims(token, &claims, func(*jwt.Token) (any, error) {
		t, err := c.tenants(ctx, claims.Issuer)
		if err != nil {
			if !errors.Is(err, bot.ErrNotFound) {
				ours = err
			}
			return nil, fmt.Errorf("tenant of issuer: %w", err)
		}
		if len(t.HostSecret) < minSecret {
			return nil, errors.New("the tenant has no host secret of at least 32 bytes")
		}
		tenant = t
		return t.HostSecret, nil
	})
	if ours != nil {
		return bot.Tenant{}, hostClaims{}, fmt.Errorf("webchat: tenant of issuer: %w", ours)
	}
	if err != nil {
		return bot.Tenant{}, hostClaims{}, fmt.Errorf("%w: %w", errHostToken, err)
	}
	if err := c.checkClaims(claims, tenant, event); err != nil {
		return bot.Tenant{}, hostClaims{}, fmt.Errorf("%w: %w", errHostToken, err)
	}
	spent := claims.ExpiresAt.Add(c.lim.Leeway).UnixMilli()
	if err := c.sessions.UseTokenID(ctx, tenant.ID, claims.ID, spent); err != nil {
		if errors.Is(err, bot.ErrConflict) {
			return bot.Tenant{}, hostClaims{}, fmt.Errorf("%w: used before", errHostToken)
		}
		return bot.Tenant{}, hostClaims{}, fmt.Errorf("webchat: token id: %w", err)
	}
	return tenant, claims, nil
}

// checkClaims is what the library does not ask.
func (c *Channel) checkClaims(h hostClaims, t bot.Tenant, event string) error {
	switch {
	case h.Issuer == "" || h.Issuer != t.ID:
		return errors.New("issuer")
	case h.Subject == "" || len(h.Subject) > 128:
		return errors.New("sub is required")
	case h.ID == "" || len(h.ID) > 128:
		return errors.New("jti is required")
	case h.IssuedAt == nil:
		return errors.New("iat is required")
	case h.ExpiresAt.Sub(h.IssuedAt.Time) > c.lim.HostTokenLife || !h.ExpiresAt.After(h.IssuedAt.Time):
		return fmt.Errorf("exp must be within %s of iat", c.lim.HostTokenLife)
	case h.Event != event:
		return errors.New("made for another event")
	}
	return nil
}

// vouched is the assurance a portal gives. A portal that only recognised a browser says so in acr.
func vouched(acr string) flows.Identity {
	switch acr {
	case "0", "anon":
		return flows.Anon
	case "identified":
		return flows.Identified
	}
	return flows.Verified
}

func (c *Channel) sessionEnd(now time.Time) int64 { return now.Add(c.lim.SessionMax).UnixMilli() }
