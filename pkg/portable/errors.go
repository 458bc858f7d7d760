package portable

import (
	"errors"
	"strings"
)

// What is wrong with a file.
var (
	ErrNotPortable = errors.New("not a portable file")
	ErrDamaged     = errors.New("the file is damaged")
	ErrCodec       = errors.New("compressed in a way this launcher cannot read")
)

// ErrInUse is returned when a tree that was to be removed is in use.
var ErrInUse = errors.New("it is in use")

// NoStoreError says that no candidate can hold the tree, and why.
type NoStoreError struct{ Refused []Refusal }

// Refusal is a candidate that was passed over.
type Refusal struct {
	Candidate
	Err error
}

func (e *NoStoreError) Error() string {
	var b strings.Builder
	b.WriteString("cannot find a place to unpack to:")
	for i, r := range e.Refused {
		if i > 0 {
			b.WriteByte(';')
		}
		b.WriteString(" " + r.Dir + " (" + r.Why + "): " + r.Err.Error())
	}
	return b.String()
}

// Hint says what to do about it.
func (e *NoStoreError) Hint() string {
	return "name a directory of your own, with space and not mounted noexec, by PACK_STORE; if that is empty it unpacks to memory, for one run"
}

// Unwrap gives the reasons.
func (e *NoStoreError) Unwrap() []error {
	errs := make([]error, len(e.Refused))
	for i, r := range e.Refused {
		errs[i] = r.Err
	}
	return errs
}
