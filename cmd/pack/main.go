// Command pack turns a dynamically linked program into a minimal root file
// system for a container image.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/5bbb5df2/pack/pkg/sandbox"
)

func main() {
	sandbox.Init()
	os.Exit(run(context.Background(), environment{
		Args: os.Args[1:], Getenv: os.Getenv, Environ: os.Environ, Getwd: os.Getwd,
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Interruptible: func(ctx context.Context) (context.Context, func()) {
			return signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
		},
	}))
}
