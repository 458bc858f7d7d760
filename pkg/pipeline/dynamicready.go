package pipeline

import (
	"bytes"
	"context"
	"os/exec"
	"syscall"
	"time"
)

// client tries a shell command until it succeeds.
type client struct {
	gone chan struct{}
	last chan attempt
}

// attempt is one try: what it printed, and why it failed.
type attempt struct {
	output []byte
	err    error
}

// The pauses between two tries grow from the first to the last.
const (
	firstPause = 20 * time.Millisecond
	lastPause  = time.Second
)

// startClient begins to try command by the machine's shell, and calls succeeded
// once it has worked. It gives up when ctx ends.
func startClient(ctx context.Context, command, dir string, env []string, succeeded func()) *client {
	c := &client{gone: make(chan struct{}), last: make(chan attempt, 1)}
	go func() {
		last := c.try(ctx, command, dir, env)
		if last.err == nil {
			succeeded()
		}
		c.last <- last
	}()
	return c
}

// wait tells the client that the program has ended, and returns its last try.
func (c *client) wait() attempt {
	close(c.gone)
	return <-c.last
}

func (c *client) try(ctx context.Context, command, dir string, env []string) (last attempt) {
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		a := tryOnce(ctx, command, dir, env)
		if a.err != nil && ctx.Err() != nil && last.err != nil {
			return last // rather than one that was cut short
		}
		last = a
		if a.err == nil {
			return last
		}
		select {
		case <-ctx.Done():
			return last
		case <-c.gone:
			return last
		case <-time.After(pause):
		}
	}
}

// tryOnce runs the command in a process group of its own, which ends with ctx
// as a whole.
func tryOnce(ctx context.Context, command, dir string, env []string) attempt {
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", command)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, env, &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second // for the end of its output, which others may hold open
	err := cmd.Run()
	return attempt{out.Bytes(), err}
}
