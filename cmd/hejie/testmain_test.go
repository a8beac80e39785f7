package main

import (
	"os"
	"testing"

	"hejie/bot/store/pgtest"
)

// asProgram makes the test binary behave as the program: crash tests need a process of their own to kill.
const asProgram = "HEJIE_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(run(os.Args[1:], stdIO()))
	}
	pgtest.Main(m)
}
