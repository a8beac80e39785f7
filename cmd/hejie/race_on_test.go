//go:build race

package main

// raceOn: the detector slows the embedded database, which is Go code, some twenty times; it hears a part of the talks, all are played without it.
const raceOn = true
