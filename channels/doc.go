// Package channels is the seam between the conversation and the messaging channels: what an adapter is given, what it answers,
// and the few things all adapters share. The types are the bot's ports under the names adapters use.
//
// An adapter (channels/wechat, channels/sms …) has two halves. Its http.Handler verifies what came, calls Sink.Accept and
// answers the peer once that returned nil: the message is then durable and is worked on exactly once. Its Sender puts one
// cleared text on the wire and says what came of it. Neither half retries, queues, decides who may be written to or when,
// or adds a word of its own: all that is the core's.
//
// It does not know any vendor's wire format.
package channels
