// Package outhook tells integrators' systems what happened: it takes events off the queue, signs them as Standard Webhooks
// describes, posts them in order and at least once, and gives up by the clock, never by chance.
// It does not decide what is an event (the database writes them with what happened), holds no text and no personal data, follows
// no redirect, and talks to no private network unless the operator allowed it.
package outhook
