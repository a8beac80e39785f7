package outhook

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"
)

// ErrReach: an address we do not talk to.
var ErrReach = errors.New("outhook: not a public address")

// special are ranges that count as global unicast and are not the internet, or lead back into private networks.
var special = prefixes("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
	"203.0.113.0/24", "240.0.0.0/4", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fec0::/10")

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// Reach is where events may be sent: the public internet, and the private networks an operator allowed.
type Reach struct{ Private []netip.Prefix }

// ParseReach reads CIDRs separated by commas or blanks.
func ParseReach(list string) (r Reach, err error) {
	for _, s := range strings.FieldsFunc(list, func(c rune) bool { return c == ',' || c == ' ' }) {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return r, fmt.Errorf("%q is not a network such as 10.1.0.0/16", s)
		}
		r.Private = append(r.Private, p.Masked())
	}
	return r, nil
}

func (r Reach) allows(ip netip.Addr) bool {
	ip = ip.Unmap()
	if slices.ContainsFunc(r.Private, func(p netip.Prefix) bool { return p.Contains(ip) }) {
		return true
	}
	return ip.IsGlobalUnicast() && !ip.IsPrivate() && !slices.ContainsFunc(special, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// CheckURL tells whether an address can be subscribed: https, or http to this machine where that is allowed. A name is looked at
// again each time it is dialled: what it resolves to is not ours to trust.
func (r Reach) CheckURL(raw string) error {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || len(raw) > 2000 {
		return fmt.Errorf("an address such as https://example.com/hooks is expected: %w", ErrReach)
	}
	ip, ipErr := netip.ParseAddr(u.Hostname())
	local := u.Hostname() == "localhost" || (ipErr == nil && ip.Unmap().IsLoopback())
	switch {
	case u.Scheme != "https" && (u.Scheme != "http" || !local):
		return fmt.Errorf("https is needed: %w", ErrReach)
	case u.Hostname() == "localhost" && !r.allows(netip.MustParseAddr("127.0.0.1")):
		return ErrReach
	case ipErr == nil && !r.allows(ip):
		return ErrReach
	}
	return nil
}

// client dials nothing but what is allowed: the check sits behind name resolution, so a name that changes its mind gains nothing.
// No proxy of the environment, no redirect, no connection kept for another receiver.
func (r Reach) client(timeout time.Duration) *http.Client {
	d := &net.Dialer{Timeout: 5 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(address)
		if err != nil || !r.allows(ap.Addr()) {
			return ErrReach
		}
		return nil
	}}
	return &http.Client{
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
				return d.DialContext(ctx, network, addr)
			},
			TLSHandshakeTimeout: 5 * time.Second, ResponseHeaderTimeout: timeout, MaxResponseHeaderBytes: 16 << 10,
			MaxIdleConns: 32, MaxIdleConnsPerHost: 1, IdleConnTimeout: 30 * time.Second, ForceAttemptHTTP2: true,
		},
	}
}
