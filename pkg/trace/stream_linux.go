package trace

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"
)

// drainTime is how long Run waits for the end of the output once all traced
// processes are gone: another may hold the other end.
const drainTime = 5 * time.Second

// streams are the program's standard streams.
type streams struct {
	theirs [3]*os.File // the program's ends
	opened []*os.File  // those of them that are ours to close
	ours   []*os.File  // the other ends of the pipes
	output chan error  // one for each copied output
	copies int
}

func openStreams(cmd *Command) (*streams, error) {
	s := &streams{output: make(chan error, 2)}
	for i, end := range []any{cmd.Stdin, cmd.Stdout, cmd.Stderr} {
		if i == 2 && end != nil && same(cmd.Stdout, cmd.Stderr) {
			s.theirs[2] = s.theirs[1] // one pipe: in order, and no two writers at once
			continue
		}
		if err := s.open(i, end); err != nil {
			s.closeTheirs()
			return nil, fmt.Errorf("cannot open the program's standard streams: %w", err)
		}
	}
	return s, nil
}

func (s *streams) open(i int, end any) error {
	if f, ok := end.(*os.File); ok && f != nil {
		s.theirs[i] = f
		return nil
	}
	if end == nil {
		f, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
		if err == nil {
			s.theirs[i] = f
			s.opened = append(s.opened, f)
		}
		return err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	if i == 0 {
		s.theirs[i], s.opened = r, append(s.opened, r)
		s.ours = append(s.ours, w)
		go func() {
			// Failing to write means that nobody reads any more.
			_, _ = io.Copy(w, end.(io.Reader))
			w.Close()
		}()
		return nil
	}
	s.theirs[i], s.opened = w, append(s.opened, w)
	s.ours = append(s.ours, r)
	s.copies++
	go func() {
		_, err := io.Copy(end.(io.Writer), r)
		if err != nil {
			r.Close() // the program shall not wait for a reader that is gone
		}
		s.output <- err
	}()
	return nil
}

func (s *streams) closeTheirs() {
	for _, f := range s.opened {
		f.Close()
	}
	s.opened = nil
}

// wait waits until all output has been copied.
func (s *streams) wait() error {
	late := time.AfterFunc(drainTime, func() {
		for _, f := range s.ours {
			_ = f.SetReadDeadline(time.Now())
		}
	})
	defer late.Stop()
	var errs []error
	for range s.copies {
		err := <-s.output
		if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) && !errors.Is(err, syscall.EPIPE) {
			errs = append(errs, fmt.Errorf("cannot copy the program's output: %w", err))
		}
	}
	for _, f := range s.ours {
		f.Close()
	}
	return errors.Join(errs...)
}

// same compares two writers, of which some cannot be compared.
func same(a, b io.Writer) (yes bool) {
	defer func() { _ = recover() }()
	return a == b
}
