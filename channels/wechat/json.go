package wechat

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"

	"hejie/channels/wxcrypt"
)

// A mini program's operator may choose JSON instead of XML, for the envelope and for what is in it.

func isJSON(body []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) }

func readEnvelope(body []byte) (wxcrypt.Envelope, error) {
	var env wxcrypt.Envelope
	if !isJSON(body) {
		return env, wxcrypt.Decode(body, &env)
	}
	f, err := jsonFields(body)
	env.To, env.Encrypt = f["ToUserName"], f["Encrypt"]
	return env, err
}

func readMessage(body []byte) (message, error) {
	var m message
	if !isJSON(body) {
		return m, wxcrypt.Decode(body, &m)
	}
	f, err := jsonFields(body)
	if err != nil {
		return m, err
	}
	at, err := strconv.ParseInt(f["CreateTime"], 10, 64)
	if err != nil {
		return m, fmt.Errorf("wechat: CreateTime is no number: %w", err)
	}
	return message{
		To: f["ToUserName"], From: f["FromUserName"], At: at, Type: f["MsgType"], ID: f["MsgId"], SentID: f["MsgID"], Content: f["Content"], MenuID: f["bizmsgmenuid"],
		PicURL: f["PicUrl"], MediaID: f["MediaId"], Format: f["Format"], Recognition: f["Recognition"],
		Event: f["Event"], Key: f["EventKey"], Ticket: f["Ticket"], Session: f["SessionFrom"], Status: f["Status"],
	}, nil
}

// jsonFields reads the texts and numbers of one object by their exact names: MsgId and MsgID are two, and a number keeps its digits.
func jsonFields(body []byte) (map[string]string, error) {
	var all map[string]any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&all); err != nil {
		return nil, fmt.Errorf("wechat: %w", err)
	}
	out := map[string]string{}
	for k, v := range all {
		switch t := v.(type) {
		case string:
			out[k] = t
		case json.Number:
			out[k] = t.String()
		}
	}
	return out, nil
}
