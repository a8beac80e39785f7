package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hejie/bot/paper"
	"hejie/channels/outhook"
	"hejie/web"
)

// integrators wires the REST API's port and the sender of webhooks; what it counts goes to the registry.
func (a *App) integrators(accounts []channelAccount, reg *prometheus.Registry) (*web.Integrators, error) {
	reach, err := outhook.ParseReach(a.cfg.WebhookPrivate)
	if err != nil {
		return nil, fault("WEBHOOK_PRIVATE", "%w", err)
	}
	tries := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "hejie_webhook_attempts_total", Help: "Webhooks sent to integrators, by outcome."}, []string{"outcome"})
	c := a.core
	w, err := outhook.New(outhook.Options{
		Queue: c.store, Now: c.now, Node: node(), Reach: reach, Log: a.log,
		Observe: func(outcome string, _ time.Duration) { tries.WithLabelValues(outcome).Inc() },
	})
	if err != nil {
		return nil, err
	}
	a.msgs.workers = append(a.msgs.workers, w.Run)
	reg.MustRegister(tries, &figures{core: c})
	return &web.Integrators{
		Integrations: c.store, Agents: c.store.AgentsActive, CheckURL: reach.CheckURL,
		HookURL: func(channel, account string) string {
			if acc, ok := accountNamed(accounts, channel, account); ok {
				return strings.TrimRight(a.cfg.PublicURL, "/") + acc.hookPath()
			}
			return ""
		},
		Pastes: func(channel, account string) []web.Paste {
			if acc, ok := accountNamed(accounts, channel, account); ok {
				return acc.pastes(a.cfg.PublicURL)
			}
			return nil
		},
	}, nil
}

func accountNamed(accounts []channelAccount, channel, name string) (channelAccount, bool) {
	i := slices.IndexFunc(accounts, func(a channelAccount) bool { return a.Channel == channel && a.Name == name })
	if i < 0 {
		return channelAccount{}, false
	}
	return accounts[i], true
}

// pastes are what an operator enters at the vendor, so that what it sends is believed.
func (a channelAccount) pastes(public string) []web.Paste {
	out := []web.Paste{{Name: "url", Value: a.pasteURL(public)}}
	switch {
	case a.WeChat != nil:
		out = append(out, web.Paste{Name: "token", Value: a.WeChat.Token}, web.Paste{Name: "aes_key", Value: a.WeChat.AESKey})
	case a.WeCom != nil:
		out = append(out, web.Paste{Name: "token", Value: a.WeCom.Token}, web.Paste{Name: "aes_key", Value: a.WeCom.AESKey})
	case a.SMS != nil && a.SMS.Provider == "gateway": // it signs with the secret it was given
		out = append(out, web.Paste{Name: "secret", Value: a.SMS.KeySecret})
	}
	return slices.DeleteFunc(out, func(p web.Paste) bool { return p.Value == "" })
}

func (c *core) papers() *web.Papers {
	return &web.Papers{Document: c.store.Document, PDF: paper.PDF}
}

// figures reads the queues when somebody scrapes, and what this process asked of a model.
type figures struct{ core *core }

var (
	queueRows  = prometheus.NewDesc("hejie_queue_rows", "Rows that wait or need a person, by queue and state.", []string{"queue", "state"}, nil)
	modelCalls = prometheus.NewDesc("hejie_model_calls_total", "Calls to the language model by this process.", nil, nil)
	modelToken = prometheus.NewDesc("hejie_model_tokens_total", "Tokens as the model's endpoint counts them.", []string{"kind"}, nil)
)

// Describe names the figures.
func (f *figures) Describe(out chan<- *prometheus.Desc) {
	out <- queueRows
	out <- modelCalls
	out <- modelToken
}

// scrapeTimeout: a slow database must not hold up the scrape.
const scrapeTimeout = 2 * time.Second

// Collect gives the figures; without a database only the process's own.
func (f *figures) Collect(out chan<- prometheus.Metric) {
	u := f.core.bot.Spent()
	out <- prometheus.MustNewConstMetric(modelCalls, prometheus.CounterValue, float64(u.Calls))
	out <- prometheus.MustNewConstMetric(modelToken, prometheus.CounterValue, float64(u.Prompt), "prompt")
	out <- prometheus.MustNewConstMetric(modelToken, prometheus.CounterValue, float64(u.Completion), "completion")
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTimeout)
	defer cancel()
	n, err := f.core.store.IntegrationFigures(ctx)
	if err != nil {
		return
	}
	for _, r := range []struct {
		queue, state string
		n            int
	}{
		{"outbox", "open", n.OutboxOpen}, {"outbox", "held", n.OutboxHeld}, {"outbox", "dead", n.OutboxDead}, {"outbox", "parked", n.OutboxParked},
		{"inbox", "new", n.InboxNew}, {"inbox", "dead", n.InboxDead}, {"webhook", "pending", n.HooksPending}, {"webhook", "disabled", n.HooksDisabled},
	} {
		out <- prometheus.MustNewConstMetric(queueRows, prometheus.GaugeValue, float64(r.n), r.queue, r.state)
	}
}
