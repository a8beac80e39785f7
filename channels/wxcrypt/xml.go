package wxcrypt

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ErrXML: the body is no message of the vendor.
var ErrXML = errors.New("wxcrypt: the body is not one XML message")

// Envelope is what an encrypted request carries.
type Envelope struct {
	XMLName xml.Name `xml:"xml"`
	To      string   `xml:"ToUserName"`
	Encrypt string   `xml:"Encrypt"`
	Agent   string   `xml:"AgentID"`
}

type cdata struct {
	Text string `xml:",cdata"`
}

// CDATA wraps a text; an end mark within it is split safely by the encoder.
func CDATA(s string) *cdata { return &cdata{s} } //nolint:revive // only ever a field's value

type reply struct {
	XMLName   xml.Name `xml:"xml"`
	Encrypt   *cdata   `xml:"Encrypt"`
	Signature *cdata   `xml:"MsgSignature"`
	TimeStamp string   `xml:"TimeStamp"`
	Nonce     *cdata   `xml:"Nonce"`
}

// Reply seals an answer in the envelope the vendor expects: its timestamp is ours, its nonce the request's.
func (c *Codec) Reply(k Key, msg []byte, timestamp, nonce string) ([]byte, error) {
	enc, err := c.Seal(k, msg)
	if err != nil {
		return nil, err
	}
	out, err := xml.Marshal(reply{Encrypt: CDATA(enc), Signature: CDATA(c.Sign(timestamp, nonce, enc)), TimeStamp: timestamp, Nonce: CDATA(nonce)})
	if err != nil {
		return nil, fmt.Errorf("wxcrypt: %w", err)
	}
	return out, nil
}

// Decode reads one XML message into v. Document types, further entities and anything behind the root are refused; control
// characters, which people can type and the decoder would stumble over, are dropped.
func Decode(body []byte, v any) error {
	body = bytes.Map(func(r rune) rune {
		if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, body)
	if err := refuseDocType(body); err != nil {
		return err
	}
	d := xml.NewDecoder(bytes.NewReader(body))
	d.Entity = map[string]string{}
	d.CharsetReader = func(name string, in io.Reader) (io.Reader, error) {
		if strings.EqualFold(name, "utf-8") {
			return in, nil
		}
		return nil, ErrXML
	}
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("%w: %w", ErrXML, err)
	}
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if _, isStart := t.(xml.StartElement); err != nil || isStart {
			return ErrXML
		}
	}
}

func refuseDocType(body []byte) error {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	for {
		t, err := d.RawToken()
		if err != nil {
			return nil //nolint:nilerr // the real decoding says what is wrong
		}
		switch t.(type) {
		case xml.Directive:
			return fmt.Errorf("%w: it has a document type", ErrXML)
		case xml.StartElement:
			return nil
		}
	}
}
