// Command launcher is the front of a portable file: what the kernel starts.
// The payload lies behind it in the same file.
//
// It is built static and stripped, with its own first code (see package
// sandbox):
//
//	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -E _pack_entry' ./cmd/launcher
//
// It is started far more often than it has work for several processors, so it
// does not read what control groups allow.
//
//go:debug containermaxprocs=0
//go:debug updatemaxprocs=0
package main

import (
	"context"
	"os"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/launch"
	"github.com/5bbb5df2/pack/pkg/sandbox"
)

func main() {
	privileged := secure()
	if !privileged { // or anybody could have it remove directories
		launch.Serve()
	}
	status := launch.Main(context.Background(), &launch.Process{
		Args:   os.Args,
		Env:    sandbox.Environ(),
		Stdout: os.Stdout,
		Stderr: os.Stderr,
		Open:   open,
		Secure: privileged,

		Relocate: relocate,
		Original: original,
	})
	status.Exit()
}

// secure asks the kernel whether the process has rights that its caller lacks.
func secure() bool {
	const atSecure = 23
	vector, err := unix.Auxv()
	if err != nil {
		return os.Getuid() != os.Geteuid() || os.Getgid() != os.Getegid()
	}
	for _, v := range vector {
		if v[0] == atSecure {
			return v[1] != 0
		}
	}
	return false
}
