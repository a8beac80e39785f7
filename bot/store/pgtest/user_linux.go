package pgtest

import (
	"os/exec"
	"syscall"
)

// asUser drops root and ties the child's life to ours: a killed test run leaves no server behind.
func asUser(cmd *exec.Cmd, who *owner, dir string) {
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGINT}
	if who != nil {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: who.uid, Gid: who.gid}
	}
}
