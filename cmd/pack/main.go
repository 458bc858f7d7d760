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
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	code := run(ctx, environment{Args: os.Args[1:], Getenv: os.Getenv, Getwd: os.Getwd, Stdout: os.Stdout, Stderr: os.Stderr})
	stop()
	os.Exit(code)
}
