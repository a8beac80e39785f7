package fakes

import (
	"encoding/json"
	"net/http"
	"net/url"
)

// typing is refused where nothing could be said.
func (w *WeChat) typing(body []byte) errcode {
	var in struct {
		To      string `json:"touser"`
		Command string `json:"command"`
	}
	if json.Unmarshal(body, &in) != nil || (in.Command != "Typing" && in.Command != "CancelTyping") {
		return errcode{45072, "command not supported"}
	}
	if b := w.budget[in.To]; b == nil || w.now().After(b.until) {
		return errcode{45080, "no message from the user"}
	}
	return errcode{}
}

// codeAt is where the codes of the fake lead; what follows is their scene.
const codeAt = "http://weixin.qq.com/q/"

// qrcode makes a code for a scene; the address it stands for names the scene, so that a test can scan it.
func (w *WeChat) qrcode(rw http.ResponseWriter, q url.Values, body []byte) {
	var in struct {
		Seconds int    `json:"expire_seconds"`
		Action  string `json:"action_name"`
		Info    struct {
			Scene struct {
				Text string `json:"scene_str"`
			} `json:"scene"`
		} `json:"action_info"`
	}
	e := w.guarded(q, func() errcode {
		if json.Unmarshal(body, &in) != nil || in.Action != "QR_STR_SCENE" || in.Info.Scene.Text == "" || len(in.Info.Scene.Text) > 64 || in.Seconds < 60 || in.Seconds > 2592000 {
			return errcode{40097, "invalid args"}
		}
		return errcode{}
	})
	if e.Code != 0 {
		answerJSON(rw, e)
		return
	}
	answerJSON(rw, map[string]any{"ticket": "gQ", "expire_seconds": in.Seconds, "url": codeAt + url.PathEscape(in.Info.Scene.Text)})
}
