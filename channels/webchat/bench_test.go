package webchat

import (
	"bufio"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

const idleSockets = 500

// BenchmarkIdleSocket: memory of one greeted, idle socket (heap and stacks after a collection), beside its floor in the
// same run: bare gorilla with a write-buffer pool, a reader and one writer goroutine. The bare TCP client that both
// need is in both figures.
func BenchmarkIdleSocket(b *testing.B) {
	b.Run("floor", func(b *testing.B) {
		srv := httptest.NewServer(floor())
		defer srv.Close()
		for b.Loop() {
			measure(b, srv.URL, func(int) string { return `{"t":"hello"}` })
		}
	})
	b.Run("chat", func(b *testing.B) {
		l := patient()
		l.Ping, l.ReadWait = time.Hour, time.Hour
		w := start(b, l)
		visitors := make([]openOut, idleSockets)
		for i := range visitors {
			visitors[i] = w.visitor()
		}
		for b.Loop() {
			measure(b, w.srv.URL, func(i int) string {
				raw, _ := json.Marshal(map[string]any{"t": "hello", "id": "1", "p": helloIn{Token: visitors[i].Token}})
				return string(raw)
			})
			wait(b, "all gone", func() bool { return w.ch.hub.count() == 0 })
		}
	})
}

// floor is the least a websocket with a writer of its own can be.
func floor() http.Handler {
	up := websocket.Upgrader{WriteBufferPool: &sync.Pool{}, Subprotocols: []string{Protocol}, CheckOrigin: func(*http.Request) bool { return true }}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		out := make(chan []byte, 1)
		go func() {
			for m := range out {
				_ = conn.WriteMessage(websocket.TextMessage, m)
			}
			conn.Close()
		}()
		defer close(out)
		for {
			_, m, err := conn.ReadMessage()
			if err != nil {
				return
			}
			out <- m
		}
	})
}

func measure(b *testing.B, url string, hello func(int) string) {
	before := inUse()
	conns := make([]net.Conn, idleSockets)
	for i := range conns {
		conns[i] = rawSocket(b, strings.TrimPrefix(url, "http://"), url, hello(i))
	}
	b.ReportMetric(float64(inUse()-before)/idleSockets, "B/socket")
	for _, c := range conns {
		c.Close()
	}
	time.Sleep(100 * time.Millisecond)
}

func inUse() int64 {
	for range 3 { // stacks shrink by half per collection
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// rawSocket is a websocket client without buffers of its own, so that the figure is the server's.
func rawSocket(b *testing.B, addr, origin, hello string) net.Conn {
	b.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		b.Fatal(err)
	}
	key := base64.StdEncoding.EncodeToString(make([]byte, 16))
	fmt.Fprintf(c, "GET /ws/v1/chat HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\nSec-WebSocket-Protocol: %s\r\n\r\n", addr, origin, key, Protocol)
	br := bufio.NewReaderSize(c, 512)
	resp, err := http.ReadResponse(br, nil)
	if err != nil || resp.StatusCode != 101 {
		b.Fatalf("%v %v", resp, err)
	}
	frame := []byte{0x81, 0x80 | 126}
	frame = binary.BigEndian.AppendUint16(frame, uint16(len(hello)))
	frame = append(append(frame, 0, 0, 0, 0), hello...) // masked with zeros
	if _, err := c.Write(frame); err != nil {
		b.Fatal(err)
	}
	head := make([]byte, 2)
	if _, err := io.ReadFull(br, head); err != nil { // the answer has begun: the writer has run
		b.Fatal(err)
	}
	return c
}

// BenchmarkSend: from a cleared text to the frame at a browser, over loopback, one conversation.
func BenchmarkSend(b *testing.B) {
	w := start(b, patient())
	o := w.visitor()
	tb, _ := w.enter(o, 0, "")
	for b.Loop() {
		w.desk.put(o.Conv, part(hello))
		tb.next()
	}
}
