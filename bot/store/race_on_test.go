//go:build race

package store

// raceOn: the detector slows the embedded database, which is Go code, some twenty times.
const raceOn = true
