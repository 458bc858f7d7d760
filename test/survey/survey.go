package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// survey is how executables are looked at.
type survey struct {
	pack    string
	flags   []string
	scratch string
	state   string
	workers int
	explain bool
	again   bool
	log     io.Writer

	host       string // a directory where jails show the machine's root
	digest     string
	machine    string
	references *store[reference]
	records    *store[record]
}

// record is what became of one program.
type record struct {
	Path    string
	Key     string
	Kind    string
	Args    []string `json:",omitempty"`
	Outcome string
	// Cause is why it differs, by what the bundle lacks.
	Cause string `json:",omitempty"`
	// Detail is the first line that differs, or pack's message.
	Detail string `json:",omitempty"`
	// Missing are the files that the run in the bundle looked for in vain and
	// the machine has, in that order.
	Missing []string `json:",omitempty"`
	// Needs are the files that the run on the machine used and the bundle
	// lacks.
	Needs []string `json:",omitempty"`
	// Mend are the groups of Needs that make it the same; empty if they do not.
	Mend []string `json:",omitempty"`
	// Left is what differs with all of Needs in the bundle.
	Left string `json:",omitempty"`
	// Bytes is the size of the bundle's files.
	Bytes     int64 `json:",omitempty"`
	Explained bool  `json:",omitempty"`
}

// The outcomes.
const (
	same       = "same"
	differs    = "differs"
	packFailed = "pack failed"
	notCounted = "not counted"
)

func (s *survey) run(ctx context.Context, programs []program) (records []record, err error) {
	if err := s.open(); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	s.sayLimits(len(programs))

	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	records = make([]record, len(programs))
	next := make(chan int)
	var workers sync.WaitGroup
	for range s.workers {
		workers.Go(func() {
			for i := range next {
				r, err := s.one(ctx, programs[i])
				if err != nil {
					cancel(fmt.Errorf("%s: %w", programs[i].Path, err))
				}
				records[i] = r
			}
		})
	}
	for i := range programs {
		if i%100 == 99 {
			fmt.Fprintf(s.log, "%s %d of %d\n", time.Now().Format(time.TimeOnly), i+1, len(programs))
		}
		select {
		case next <- i:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(next)
	workers.Wait()
	return records, context.Cause(ctx)
}

func (s *survey) sayLimits(n int) {
	fmt.Fprintf(s.log, "%d executables, pack %s %v, bundles in %s, results in %s\n", n, s.digest, s.flags, s.scratch, s.state)
}

func (s *survey) open() (err error) {
	if os.Getuid() != 0 {
		return errors.New("chroot and namespaces need root")
	}
	if _, err := os.Stat(strace); s.explain && err != nil {
		return fmt.Errorf("-explain needs strace: %w", err)
	}
	if s.digest, err = digest(s.pack, s.flags); err != nil {
		return err
	}
	s.machine = machine()
	parent := s.scratch
	if parent == "" {
		if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
			parent = "/dev/shm"
		}
	}
	if s.scratch, err = os.MkdirTemp(parent, "pack-survey-"); err != nil {
		return err
	}
	// An ordinary user must be able to pass.
	if err := os.Chmod(s.scratch, 0o755); err != nil {
		return err
	}
	s.host = filepath.Join(s.scratch, "host")
	if err := os.Mkdir(s.host, 0o755); err != nil {
		return err
	}
	s.references, err = openStore(filepath.Join(s.state, "machine.jsonl"), func(r reference) string { return r.Key })
	if err != nil {
		return err
	}
	s.records, err = openStore(filepath.Join(s.state, "bundles.jsonl"), func(r record) string { return r.Key })
	return err
}

func (s *survey) close() error {
	return errors.Join(s.references.close(), s.records.close(), os.RemoveAll(s.scratch))
}

// one looks at a program, unless that was done before.
func (s *survey) one(ctx context.Context, p program) (record, error) {
	key := p.Path + " " + p.ID + " " + s.machine
	ref, ok := s.references.get(key)
	if !ok {
		var err error
		if ref, err = refer(ctx, s.host, p); err != nil || ctx.Err() != nil {
			return record{}, errors.Join(err, ctx.Err())
		}
		ref.Key = key
		if err := s.references.put(key, ref); err != nil {
			return record{}, err
		}
	}
	key += " " + s.digest
	if r, ok := s.records.get(key); ok && (r.Outcome != differs || !s.again && (r.Explained || !s.explain)) {
		return r, nil
	}
	r, err := s.compare(ctx, ref)
	if err != nil || ctx.Err() != nil {
		return record{}, errors.Join(err, ctx.Err())
	}
	r.Key = key
	return r, s.records.put(key, r)
}
