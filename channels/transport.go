package channels

import (
	"crypto/tls"
	"errors"
	"net"
)

// TooMany is the answer to a text that needs more messages than it may take: nothing was sent. ok: it fits.
func TooMany(o Outgoing, pieces int) (Result, bool) {
	if o.Most == 0 || pieces <= o.Most {
		return Result{}, true
	}
	return Result{Class: WindowClosed, Code: KeptBack}, false
}

// NeverSent tells of an error of an HTTP client that nobody was reached, or not the one we meant: the request itself was not written.
func NeverSent(err error) bool {
	var dial *net.OpError
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	return (errors.As(err, &dial) && dial.Op == "dial") || errors.As(err, &cert) || errors.As(err, &record)
}
