//go:build !linux

package pgtest

import "os/exec"

// asUser: elsewhere the server runs as whoever runs the tests.
func asUser(cmd *exec.Cmd, _ *owner, dir string) { cmd.Dir = dir }
