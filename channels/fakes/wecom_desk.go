package fakes

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// Enter makes a person come in; a code for a greeting is given only where nobody has written for two days.
func (w *WeCom) Enter(user, id, param string) {
	e := map[string]any{"event_type": "enter_session", "open_kfid": w.Kf, "external_userid": user, "scene": "s", "scene_param": param}
	w.mu.Lock()
	if b := w.budget[user]; b == nil || w.now().After(b.until) {
		w.n++
		code := "welcome-" + strconv.Itoa(w.n)
		w.codes[code] = w.now().Add(20 * time.Second)
		e["welcome_code"] = code
	}
	w.mu.Unlock()
	w.Say(user, id, map[string]any{"msgtype": "event", "origin": 4, "event": e})
}

// Session makes a servicer of the desk do something: 1 takes a person from the pool, 3 ends the session, as the vendor tells it.
func (w *WeCom) Session(user, id string, change int) {
	w.SetState(user, map[int]int{1: 3, 2: 3, 3: 4, 4: 3}[change])
	e := map[string]any{"event_type": "session_status_change", "open_kfid": w.Kf, "external_userid": user, "change_type": change}
	w.Say(user, id, map[string]any{"msgtype": "event", "origin": 4, "event": e})
}

// Speak puts what a servicer wrote at the vendor's own desk into the history: text, or a picture where the text is empty.
func (w *WeCom) Speak(user, id, servicer, text string) {
	item := map[string]any{"msgid": id, "open_kfid": w.Kf, "external_userid": user, "servicer_userid": servicer, "origin": 5,
		"msgtype": "text", "text": map[string]string{"content": text}}
	if text == "" {
		item["msgtype"], item["image"] = "image", map[string]string{"media_id": "pic-" + id}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	item["send_time"] = w.now().Unix()
	w.items = append(w.items, item)
}

func (w *WeCom) sendOnEvent(body []byte) any {
	var in struct {
		kfMessage
		Code string `json:"code"`
	}
	if json.Unmarshal(body, &in) != nil {
		return errcode{40058, "invalid parameter"}
	}
	if e := in.fault(); e.Code != 0 {
		return e
	}
	if until, known := w.codes[in.Code]; !known || w.now().After(until) {
		return errcode{95007, "invalid code"}
	}
	delete(w.codes, in.Code)
	return map[string]any{"errcode": 0, "msgid": in.ID}
}

// trans allows the moves the vendor allows.
func (w *WeCom) trans(body []byte) any {
	var in struct {
		User  string `json:"external_userid"`
		State int    `json:"service_state"`
	}
	moves := map[int][]int{0: {1, 2, 3}, 1: {2, 3}, 2: {3, 4}, 3: {3, 4}}
	if json.Unmarshal(body, &in) != nil || !slices.Contains(moves[w.state[in.User]], in.State) {
		return errcode{95016, "invalid transition"}
	}
	w.state[in.User] = in.State
	return map[string]any{"errcode": 0}
}

func (w *WeCom) contactWay(body []byte) any {
	var in struct {
		Kf    string `json:"open_kfid"`
		Scene string `json:"scene"`
	}
	if json.Unmarshal(body, &in) != nil || in.Kf != w.Kf || len(in.Scene) > 32 {
		return errcode{40058, "invalid parameter"}
	}
	return map[string]any{"errcode": 0, "url": "https://work.weixin.qq.com/kfid/" + w.Kf + "?enc_scene=" + url.QueryEscape(in.Scene)}
}
