// Package output writes a plan: [Write] is the only loop over its entries, a
// [Sink] is where they go. [Dir] is the sink that makes a directory.
//
// The life of a sink is
//
//	Put... Flush   (both by Write)   then   Commit or Abort
//
// Between Flush and Commit the result is complete but not yet in place: that
// is when a caller tests it. A caller that defers Abort leaves nothing behind,
// whatever goes wrong; after a successful Commit, Abort does nothing.
package output

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// Sink is one form of the output. Its methods are called from one goroutine.
type Sink interface {
	// Put takes the next entry, in path order: the directory an entry lies in
	// and the entry it is a hard link to came before. open opens the content
	// of a regular file; Put may call it later and from another goroutine, but
	// not after Flush or Abort have returned, and calls it for nothing else.
	// Put may return an earlier entry's error.
	Put(e plan.Entry, open func() (rootfs.File, error)) error
	// Flush waits until every entry is written completely, or ctx is done.
	Flush(ctx context.Context) error
	// Commit puts the result in its place, all of it or nothing.
	Commit() error
	// Abort removes whatever the sink made. The output is then as it was
	// before. It may be called at any time and more than once.
	Abort() error
}

// Write puts every entry of p into s in path order and flushes s. On any
// error, ctx being done among them, it aborts s and returns the error.
// It does not commit: the caller does, or aborts.
func Write(ctx context.Context, p *plan.Plan, s Sink) error {
	err := putAll(ctx, p, s)
	if err == nil {
		err = s.Flush(ctx)
	}
	if err == nil {
		return nil
	}
	if aerr := s.Abort(); aerr != nil {
		return errors.Join(err, aerr)
	}
	return err
}

func putAll(ctx context.Context, p *plan.Plan, s Sink) error {
	for e := range p.All() {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		if err := CheckEntry(e); err != nil {
			return err
		}
		if err := s.Put(e, func() (rootfs.File, error) { return openSource(e) }); err != nil {
			return err
		}
	}
	return nil
}

// CheckEntry refuses an entry no sink may write: a path that is not absolute
// and clean (it could lead elsewhere).
func CheckEntry(e plan.Entry) error {
	if !path.IsAbs(e.Path) || path.Clean(e.Path) != e.Path || strings.ContainsRune(e.Path, 0) {
		return fmt.Errorf("internal error: output path %q is not absolute and clean", e.Path)
	}
	return nil
}

// openSource opens the content of e and makes sure it is what was planned:
// a sink may have announced e.Size before it reads a byte.
func openSource(e plan.Entry) (rootfs.File, error) {
	f, err := e.From.Open()
	if err != nil {
		return nil, readFailed(e, err)
	}
	fi, err := f.Stat()
	switch {
	case err != nil:
		err = readFailed(e, err)
	case !fi.Mode().IsRegular():
		err = readFailed(e, errors.New("not a regular file"))
	case fi.Size() != e.Size:
		err = readFailed(e, ErrChanged)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// ErrChanged reports a source file that was written to while it was copied.
var ErrChanged = errors.New("source changed while it was read")

// ReadError is a source that could not be read as it was planned.
type ReadError struct {
	Path string // as the user knows it
	Err  error
}

func (e *ReadError) Error() string { return fmt.Sprintf("cannot read %s: %v", e.Path, e.Err) }

// Unwrap returns the cause.
func (e *ReadError) Unwrap() error { return e.Err }

// Hint says what to do about it.
func (e *ReadError) Hint() string {
	switch {
	case errors.Is(e.Err, ErrChanged):
		return "run pack again when nothing writes to it, or leave it out"
	case errors.Is(e.Err, fs.ErrPermission):
		return "run pack as a user who may read it"
	}
	return "leave it out, or see to it that it can be read"
}

func readFailed(e plan.Entry, err error) error {
	return &ReadError{Path: sourceName(e), Err: cause(err)}
}

// sourceName is the path a person knows the content of e by.
func sourceName(e plan.Entry) string {
	switch {
	case e.From.FS == nil:
		return e.Path
	case e.From.FS.Name() == "/":
		return e.From.Path
	}
	return path.Join(e.From.FS.Name(), e.From.Path)
}

// cause drops the operation and path of a *fs.PathError, which the caller's
// message has already.
func cause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// Error is a failure to write Path that somebody can do something about.
type Error struct {
	Path string // as the user knows it
	Err  error
	hint string
}

func (e *Error) Error() string { return fmt.Sprintf("cannot write %s: %v", e.Path, e.Err) }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Hint says what to do about it; it may be empty.
func (e *Error) Hint() string { return e.hint }

// The reasons for which OUTPUT is refused.
var (
	ErrNotEmpty = errors.New("directory is not empty")
	ErrNotDir   = errors.New("not a directory")
	ErrBusy     = errors.New("another run is writing it")
)
