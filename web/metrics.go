package web

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics of the HTTP face. Labels are closed sets (route templates, never paths).
type metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	sockets  prometheus.Gauge
	signIns  *prometheus.CounterVec
	replies  *prometheus.CounterVec
}

func newMetrics(reg *prometheus.Registry, chatOpen func() int) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "hejie_http_requests_total", Help: "Requests answered."},
			[]string{"route", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "hejie_http_request_seconds", Help: "Time to answer.",
			Buckets: []float64{.001, .005, .02, .1, .5, 2, 10}}, []string{"route"}),
		sockets: prometheus.NewGauge(prometheus.GaugeOpts{Name: "hejie_console_sockets", Help: "Open console sockets."}),
		signIns: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "hejie_console_sign_ins_total", Help: "Sign-ins by outcome."},
			[]string{"outcome"}),
		replies: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "hejie_agent_replies_total", Help: "Agents' replies by verdict."},
			[]string{"verdict"}),
	}
	reg.MustRegister(m.requests, m.seconds, m.sockets, m.signIns, m.replies)
	if chatOpen != nil {
		reg.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "hejie_chat_connections", Help: "Debtors' sockets, streams and waiting polls."},
			func() float64 { return float64(chatOpen()) }))
	}
	return m
}

func (m *metrics) request(route, method string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, knownMethod(method), strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(route).Observe(took.Seconds())
}

// knownMethod keeps a client from inventing label values.
func knownMethod(m string) string {
	switch m {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS":
		return m
	}
	return "other"
}
