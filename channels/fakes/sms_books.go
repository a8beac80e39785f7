package fakes

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// Settle says what became of a message that was taken: arrived or failed.
func (l *line) Settle(id, fate string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.sent {
		if l.sent[i].ID == id {
			l.sent[i].Fate = fate
		}
	}
}

var homeZone = time.FixedZone("CST", 8*3600)

// books are QuerySendDetails: one number, one day at home, in pages.
func (a *Aliyun) books(q url.Values) any {
	size, err1 := strconv.Atoi(q.Get("PageSize"))
	page, err2 := strconv.Atoi(q.Get("CurrentPage"))
	if err1 != nil || err2 != nil || size < 1 || size > 50 || page < 1 || len(q.Get("SendDate")) != 8 || q.Get("PhoneNumber") == "" {
		return map[string]string{"Code": "isv.INVALID_PARAMETERS", "Message": "x"}
	}
	rows := []map[string]any{}
	for _, s := range a.sent {
		if s.To != q.Get("PhoneNumber") || s.At.In(homeZone).Format("20060102") != q.Get("SendDate") {
			continue
		}
		row := map[string]any{"OutId": s.Key, "PhoneNum": s.To, "TemplateCode": s.Template, "SendDate": s.At.In(homeZone).Format(time.DateTime), "SendStatus": 1}
		switch s.Fate {
		case "arrived":
			row["SendStatus"], row["ErrCode"], row["ReceiveDate"] = 3, "DELIVERED", s.At.In(homeZone).Format(time.DateTime)
		case "failed":
			row["SendStatus"], row["ErrCode"] = 2, "MK:0001"
		}
		rows = append(rows, row)
	}
	from := min((page-1)*size, len(rows))
	return map[string]any{"Code": "OK", "Message": "OK", "TotalCount": strconv.Itoa(len(rows)),
		"SmsSendDetailDTOs": map[string]any{"SmsSendDetailDTO": rows[from:min(from+size, len(rows))]}}
}

// books are PullSmsSendStatusByPhoneNumber: what has an end, in a time.
func (t *Tencent) books(body []byte) any {
	var in struct {
		BeginTime     int64
		EndTime       int64
		Offset, Limit int
		PhoneNumber   string
		SmsSdkAppID   string `json:"SmsSdkAppId"`
	}
	if json.Unmarshal(body, &in) != nil || in.PhoneNumber == "" || in.SmsSdkAppID == "" || in.Limit < 1 || in.Limit > 100 || in.EndTime < in.BeginTime {
		return map[string]any{"Response": map[string]any{"Error": map[string]string{"Code": "InvalidParameterValue", "Message": "x"}}}
	}
	rows := []map[string]any{}
	for _, s := range t.sent {
		if s.To != in.PhoneNumber || s.Fate == "" || s.At.Unix() < in.BeginTime || s.At.Unix() > in.EndTime {
			continue
		}
		row := map[string]any{"UserReceiveTime": s.At.Unix(), "SerialNo": s.ID, "ReportStatus": "SUCCESS", "Description": "DELIVRD", "SessionContext": ""}
		if t.Sessions {
			row["SessionContext"] = s.Key
		}
		if s.Fate == "failed" {
			row["ReportStatus"], row["Description"] = "FAIL", "UNDELIV"
		}
		rows = append(rows, row)
	}
	return map[string]any{"Response": map[string]any{"PullSmsSendStatusSet": rows[:min(in.Limit, len(rows))], "RequestId": "r"}}
}

// books are the account's messages to a number, the newest first.
func (t *Twilio) books(q url.Values) any {
	rows := []map[string]any{}
	for _, s := range slices.Backward(t.sent) {
		if s.To != q.Get("To") {
			continue
		}
		status := map[string]string{"": "sent", "arrived": "delivered", "failed": "undelivered"}[s.Fate]
		rows = append(rows, map[string]any{"sid": s.ID, "to": s.To, "body": s.Text, "status": status, "direction": "outbound-api", "date_created": s.At.UTC().Format(time.RFC1123Z), "error_code": nil})
	}
	return map[string]any{"messages": rows, "next_page_uri": nil}
}
