package object

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// scriptHead is BINPRM_BUF_SIZE: as much of a file as the kernel looks at.
const scriptHead = 256

// Script is a #! line.
type Script struct {
	// Interp is the interpreter's path as written; a relative one is relative
	// to the working directory of whoever runs the script.
	Interp string
	// Arg is everything behind it as one argument, empty without one.
	Arg string
}

// ReadScript reads the #! line of the file r of size bytes as the kernel does
// (fs/binfmt_script.c): nothing but blank, tab and newline is special, so a
// carriage return belongs to the path.
//
// The error is ErrEmpty, ErrNotScript, a *FormatError where the kernel says
// ENOEXEC or the path is empty, or wraps one of r.
func ReadScript(r io.ReaderAt, size int64) (*Script, error) {
	if size <= 0 {
		return nil, ErrEmpty
	}
	var buf [scriptHead]byte // NUL-padded, as the kernel's
	want := int(min(size, scriptHead))
	n, err := r.ReadAt(buf[:want], 0)
	if n < want && err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("cannot read %d bytes at 0: %w", want, err)
	}
	if !bytes.HasPrefix(buf[:n], []byte("#!")) {
		return nil, ErrNotScript
	}
	return parseScript(buf[2:])
}

// parseScript parses what follows "#!" in the kernel's buffer.
func parseScript(b []byte) (*Script, error) {
	// The kernel's strnchr ends at a NUL, and without a newline it gives up the
	// last byte of the buffer for a NUL of its own.
	newline := bytes.IndexAny(b, "\n\x00")
	complete := newline >= 0 && b[newline] == '\n'
	line := b[:len(b)-1]
	if complete {
		line = b[:newline]
	}
	start := len(line) - len(bytes.TrimLeft(line, " \t"))
	if !complete && !bytes.ContainsAny(b[start:], " \t\x00") {
		return nil, malformed(0, "the interpreter's path does not end within the first %d bytes", scriptHead)
	}
	line = bytes.TrimRight(line[start:], " \t")

	interp, rest, _ := cutAny(line, " \t\x00")
	if len(interp) == 0 {
		return nil, malformed(0, "the #! line names no interpreter")
	}
	arg, _, _ := bytes.Cut(bytes.TrimLeft(rest, " \t"), []byte{0})
	return &Script{Interp: string(interp), Arg: string(arg)}, nil
}

// cutAny cuts b at the first of chars; a NUL there ends b altogether.
func cutAny(b []byte, chars string) (before, after []byte, found bool) {
	i := bytes.IndexAny(b, chars)
	if i < 0 {
		return b, nil, false
	}
	if b[i] == 0 {
		return b[:i], nil, true
	}
	return b[:i], b[i+1:], true
}
