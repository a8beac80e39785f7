package webchat

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"hejie/bot"
)

// A body that trickles is given up after a while; the connection is not held by it.
func TestSlowBodyIsGivenUp(t *testing.T) {
	l := patient()
	l.CommitWait = 300 * time.Millisecond
	w := start(t, l)
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.srv.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	fmt.Fprint(conn, "POST /api/v1/chat/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusBadRequest {
		t.Fatal(resp.Status)
	}
}

// A failing database is our fault and says so: the portal must not be told that its token is bad.
func TestTenantLookupFailureIsOurs(t *testing.T) {
	w := start(t, patient())
	token := w.mint(func(c jwt.MapClaims) { c["iss"] = "anhe" })
	w.ch.tenants = func(context.Context, string) (bot.Tenant, error) { return bot.Tenant{}, errors.New("database is down") }
	if resp := w.do("POST", "/api/v1/chat/session", "", openIn{Token: token}, nil); resp.StatusCode != http.StatusInternalServerError {
		t.Fatal(resp.Status)
	}
}
