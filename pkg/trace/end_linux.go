package trace

import (
	"context"
	"time"
)

// ender sends signals to what is being traced. Its methods may be called while
// the tracer runs.
type ender interface {
	term()    // SIGTERM to the program
	termAll() // SIGTERM to every process
	kill()    // SIGKILL to every process, now and as they appear
}

// programEnd returns a channel and what is to be called once the program has
// ended, which closes it.
func programEnd(opts *Options) (gone <-chan struct{}, ended func()) {
	c := make(chan struct{})
	return c, func() {
		close(c)
		if opts.Ended != nil {
			opts.Ended()
		}
	}
}

// endWith ends the run when ctx does. The program is asked first, so that one
// with children of its own ends them in its own way. gone is closed when the
// program has ended, done when no process is left.
func endWith(ctx context.Context, grace time.Duration, e ender, gone, done <-chan struct{}) {
	select {
	case <-done:
		return
	case <-ctx.Done():
	}
	if grace > 0 {
		all := time.NewTimer(grace)
		defer all.Stop()
		half := time.NewTimer(grace / 2)
		defer half.Stop()
		e.term()
		select {
		case <-done:
			return
		case <-gone:
		case <-half.C:
		}
		e.termAll()
		select {
		case <-done:
			return
		case <-all.C:
		}
	}
	e.kill()
}
