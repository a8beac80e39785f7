// Package webchat is the debtor's chat in a browser: the protocol debtchat.v1 over a websocket, with server-sent events
// and long polling as fallback, the hand-over of identity from a creditor's portal, and the few reads a chat page needs.
//
// It adds no words of its own and decides nothing about a debt: each word it puts on the wire is a part of a guard.Cleared,
// each row comes from the transcript in the order of its seq. It does not store, filter, understand or answer; it serves no
// HTML page but an agreement's document, and sets no cookie.
//
// One rule carries the ordering. A socket never gets a message handed to it: a poke only says that something is new, and the
// socket's own writer then reads the transcript from where it stands. So what a debtor sees is gapless and in order however
// events, sends and reconnects interleave, and a lost or doubled poke costs nothing.
package webchat
