package sms

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"hejie/channels"
)

// Ask looks in the vendor's own books for a send nobody knows the end of. A gateway keeps none for us.
func (c *Channel) Ask(ctx context.Context, d channels.Doubt) (channels.Receipt, bool, error) {
	return c.d.ask(ctx, d)
}

// Clocks differ, and the vendor's books may be a little behind.
const (
	askBefore = 5 * time.Minute
	askAfter  = 10 * time.Minute
	askRows   = 50
)

var errAsked = errors.New("sms: the vendor did not say")

// errSaid names a vendor's code; its text may hold a number.
func errSaid(code string) error { return fmt.Errorf("%w: %s", errAsked, code) }

// during: a row of the vendor's books is of the time in which the send left, if it did.
func during(d channels.Doubt, at time.Time) bool {
	return !at.Before(d.From.Add(-askBefore)) && !at.After(d.Until.Add(askAfter))
}

// ask finds the row by our own key, on the day or days of the send.
func (a aliyun) ask(ctx context.Context, d channels.Doubt) (channels.Receipt, bool, error) {
	last := d.Until.Add(askAfter).In(chinaTime)
	for day := d.From.Add(-askBefore).In(chinaTime); ; day = day.AddDate(0, 0, 1) {
		r, found, err := a.askDay(ctx, d, day.Format("20060102"))
		if err != nil || found || day.Format(time.DateOnly) >= last.Format(time.DateOnly) {
			return r, found, err
		}
	}
}

// aliyunStates are the numbers of the vendor's books, and ours for them.
var aliyunStates = map[loose]string{"1": "sent", "2": "failed", "3": "delivered"}

func (a aliyun) askDay(ctx context.Context, d channels.Doubt, day string) (channels.Receipt, bool, error) {
	for page := 1; page <= 4; page++ { // nobody gets two hundred a day from us
		q := url.Values{"PhoneNumber": {athome(d.Address)}, "SendDate": {day}, "PageSize": {fmt.Sprint(askRows)}, "CurrentPage": {fmt.Sprint(page)}}
		_, body, res := a.call(ctx, "QuerySendDetails", q)
		if res.Class != "" {
			return channels.Receipt{}, false, errSaid(res.Code)
		}
		var out struct {
			Code string
			List struct {
				Rows []struct {
					OutID    loose `json:"OutId"`
					Status   loose `json:"SendStatus"`
					Err      loose `json:"ErrCode"`
					Received loose `json:"ReceiveDate"`
				} `json:"SmsSendDetailDTO"`
			} `json:"SmsSendDetailDTOs"`
		}
		if json.Unmarshal(body, &out) != nil || out.Code == "" {
			return channels.Receipt{}, false, errSaid("unreadable")
		}
		if out.Code != "OK" {
			return channels.Receipt{}, false, errSaid(out.Code)
		}
		for _, r := range out.List.Rows {
			if string(r.OutID) != d.Key {
				continue
			}
			s, told := aliyunStates[r.Status]
			return channels.Receipt{State: s, At: localTime(string(r.Received), a.c.o.Now()), Code: string(r.Err)}, told, nil
		}
		if len(out.List.Rows) < askRows {
			break
		}
	}
	return channels.Receipt{}, false, nil
}

// ask finds the row by our own key where the vendor gives it back, else by being the only one of that time that is not another text of ours.
func (t tencent) ask(ctx context.Context, d channels.Doubt) (channels.Receipt, bool, error) {
	body, err := json.Marshal(map[string]any{
		"BeginTime": d.From.Add(-askBefore).Unix(), "EndTime": d.Until.Add(askAfter).Unix(), "Offset": 0, "Limit": askRows, "PhoneNumber": d.Address, "SmsSdkAppId": t.c.o.AppID,
	})
	if err != nil {
		return channels.Receipt{}, false, fmt.Errorf("sms: %w", err)
	}
	raw, res := t.call(ctx, "PullSmsSendStatusByPhoneNumber", body)
	if res.Class != "" {
		return channels.Receipt{}, false, errSaid(res.Code)
	}
	var out struct {
		Response struct {
			Error *struct{ Code string }
			Rows  []struct {
				At      int64 `json:"UserReceiveTime"`
				ID      loose `json:"SerialNo"`
				Status  loose `json:"ReportStatus"`
				Why     loose `json:"Description"`
				Context loose `json:"SessionContext"`
			} `json:"PullSmsSendStatusSet"`
		}
	}
	if json.Unmarshal(raw, &out) != nil {
		return channels.Receipt{}, false, errSaid("unreadable")
	}
	if e := out.Response.Error; e != nil {
		return channels.Receipt{}, false, errSaid(e.Code)
	}
	var mine []channels.Receipt
	for _, r := range out.Response.Rows {
		rep := channels.Receipt{ProviderID: string(r.ID), State: state(r.Status == "SUCCESS"), At: time.Unix(r.At, 0), Code: string(r.Why)}
		switch {
		case string(r.Context) == d.Key:
			return rep, true, nil
		case r.Context == "" && !slices.Contains(d.Taken, rep.ProviderID) && during(d, rep.At):
			mine = append(mine, rep)
		}
	}
	if len(mine) != 1 || len(out.Response.Rows) == askRows {
		return channels.Receipt{}, false, nil
	}
	return mine[0], true, nil
}

// ask finds the row by its words: the vendor takes no key of ours. Two that say the same settle nothing.
func (t twilio) ask(ctx context.Context, d channels.Doubt) (channels.Receipt, bool, error) {
	q := url.Values{"To": {d.Address}, "PageSize": {"200"}} // the newest first; a date would leave out what waits to be sent
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, t.c.o.BaseURL+"/2010-04-01/Accounts/"+url.PathEscape(t.c.o.KeyID)+"/Messages.json?"+q.Encode(), nil)
	if err != nil {
		return channels.Receipt{}, false, errSaid("bad_request")
	}
	req.SetBasicAuth(t.c.o.KeyID, t.c.o.KeySecret)
	status, body, res := t.c.doUpTo(req, maxList)
	if res.Class != "" {
		return channels.Receipt{}, false, errSaid(res.Code)
	}
	var out struct {
		Messages []struct {
			SID       string `json:"sid"`
			Body      string `json:"body"`
			Status    string `json:"status"`
			Direction string `json:"direction"`
			Created   string `json:"date_created"`
			Err       loose  `json:"error_code"`
		} `json:"messages"`
		Next string `json:"next_page_uri"`
	}
	if status != http.StatusOK || json.Unmarshal(body, &out) != nil {
		return channels.Receipt{}, false, errSaid(fmt.Sprint(status))
	}
	words := channels.TextOf(d.Parts)
	var mine []channels.Receipt
	whole := out.Next == ""
	for _, m := range out.Messages {
		at, err := time.Parse(time.RFC1123Z, m.Created)
		whole = whole || (err == nil && at.Before(d.From.Add(-askBefore)))
		if err != nil || !during(d, at) || m.Body != words || strings.HasPrefix(m.Direction, "inbound") || slices.Contains(d.Taken, m.SID) {
			continue
		}
		s, told := twilioStates[m.Status]
		if !told {
			s = "sent" // accepted, queued, sending: it is with the vendor
		}
		mine = append(mine, channels.Receipt{ProviderID: m.SID, State: s, At: at, Code: string(m.Err)})
	}
	if len(mine) != 1 || !whole {
		return channels.Receipt{}, false, nil
	}
	return mine[0], true, nil
}

func (gateway) ask(context.Context, channels.Doubt) (channels.Receipt, bool, error) {
	return channels.Receipt{}, false, nil
}
