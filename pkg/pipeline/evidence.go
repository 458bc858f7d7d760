package pipeline

import (
	"errors"
	"io/fs"
	"sync"

	"github.com/5bbb5df2/pack/pkg/object"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// evidence reads files for the resolver, and keeps what the rules will ask
// about them: each file is read once.
type evidence struct {
	root   rootfs.FS
	wanted *object.Wanted // nil if nobody asks

	mu    sync.Mutex
	extra map[string]object.Extra // by real path
}

func newEvidence(spec *Spec, root rootfs.FS) *evidence {
	e := &evidence{root: root, extra: map[string]object.Extra{}}
	if spec.Rules != nil {
		e.wanted = object.NewWanted(spec.Rules.Set.Symbols())
	}
	return e
}

// read reads the file at a real path of the root.
func (e *evidence) read(real string) (*object.Object, error) {
	f, err := e.root.Open(real)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !fi.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: real, Err: errors.New("not a regular file")}
	}
	o, x, err := object.ReadWith(f, fi.Size(), e.wanted)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.extra[real] = x
	return o, nil
}

// of returns what was found in the file at a real path. A symbol table that
// cannot be read is no evidence of anything.
func (e *evidence) of(real string) object.Extra {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.extra[real]
}
