package bot_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/uuid"

	"hejie/bot"
	"hejie/flows"
)

// BenchmarkTurn is one debtor's message from Receive to delivered answer, each step durable. Its floor, a bare
// transaction of the same size on the same database, is BenchmarkCommitTurn in bot/store.
func BenchmarkTurn(b *testing.B) {
	for _, clients := range []int{1, 8} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			h := build(b, nil)
			ctx := context.Background()
			convs := make(chan string, clients)
			for range clients {
				h.open(flows.Verified, "")
				convs <- h.conv
			}
			b.SetParallelism((clients + 1) / 2) // two cores: clients goroutines in all
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				conv := <-convs
				for pb.Next() {
					in := bot.Inbound{Channel: "web", ExternalID: uuid.NewString(), ConversationID: conv, Kind: "text", Text: "会坐牢吗", At: h.now}
					if _, err := h.Receive(ctx, in); err != nil {
						b.Error(err)
					}
					if err := h.Settle(ctx, conv); err != nil {
						b.Error(err)
					}
					h.wire.take()
				}
				convs <- conv
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "turns/s")
		})
	}
}
