package object

import (
	"errors"
	"fmt"
)

var (
	// ErrEmpty tells that the file has no bytes at all. The loader says "file
	// too short" of it and, unlike for a foreign ELF file, searches no further.
	ErrEmpty = errors.New("the file is empty")
	// ErrNotELF tells that the file does not begin with the ELF magic number.
	ErrNotELF = errors.New("not an ELF file")
	// ErrNotScript tells that the file does not begin with "#!".
	ErrNotScript = errors.New("not a script: no #! line")
)

// FormatError tells why a file that begins as an ELF file, or as a script, can
// be loaded by nobody: it is truncated or contradicts itself.
type FormatError struct {
	Off int64  // where in the file, in bytes
	Msg string // the whole message, beginning with "truncated: " or "malformed: "
}

func (e *FormatError) Error() string { return e.Msg }

func truncated(off int64, what string, end uint64, size int64) error {
	return &FormatError{off, fmt.Sprintf("truncated: %s at %d but the file has %d bytes", what, end, size)}
}

func malformed(off int64, format string, args ...any) error {
	return &FormatError{off, "malformed: " + fmt.Sprintf(format, args...)}
}
