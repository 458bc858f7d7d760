package object

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// DlopenNote is a library that a file says to load by dlopen(3), as the UAPI
// group's specification "ELF dlopen() metadata" (.note.dlopen) describes.
type DlopenNote struct {
	Sonames     []string // alternatives, most preferred first; at least one
	Feature     string   // what it is for, empty if not said
	Description string
	Priority    string // one of the Dlopen constants
}

// The priorities of a DlopenNote.
const (
	DlopenRequired    = "required"
	DlopenRecommended = "recommended" // the default
	DlopenSuggested   = "suggested"
)

const (
	dlopenOwner = "FDO\x00"
	dlopenType  = 0x407c0c0a

	noteHeader = 12
	// maxNotes bounds the notes of all kinds in one file; real ones have a
	// handful, and systemd's libraries some dozens.
	maxNotes = 1 << 12
	// maxDlopenNote and maxDlopenNotes bound the bytes of one and of all dlopen
	// notes of a file; the largest seen have a few hundred.
	maxDlopenNote  = 64 << 10
	maxDlopenNotes = 1 << 20

	maxNoteWarnings = 16
)

// noteSegment is a PT_NOTE.
type noteSegment struct{ off, filesz, align uint64 }

// DlopenNotes reads the dlopen notes in the PT_NOTE segments of the ELF file r
// of size bytes, in file order. The warnings tell, each in one sentence without
// the file's name, which notes could not be read or were taken otherwise than
// written.
//
// The error is one of Read's.
func DlopenNotes(r io.ReaderAt, size int64) (notes []DlopenNote, warnings []string, err error) {
	if size <= 0 {
		return nil, nil, ErrEmpty
	}
	f := openFile(r, size)
	defer f.close()
	if err := f.readHeaders(new(Object)); err != nil {
		return nil, nil, err
	}
	return f.dlopenNotes()
}

// noteReader reads the dlopen notes of one file.
type noteReader struct {
	*file
	seen     int // notes of all kinds
	read     int // bytes of dlopen notes
	notes    []DlopenNote
	warnings []string
}

func (r *noteReader) warn(format string, args ...any) {
	if len(r.warnings) < maxNoteWarnings {
		r.warnings = append(r.warnings, fmt.Sprintf(format, args...))
	}
}

// dlopenNotes reads the notes of f.notes.
func (f *file) dlopenNotes() ([]DlopenNote, []string, error) {
	r := noteReader{file: f}
	for i, s := range f.notes {
		if s.off > uint64(f.size) || s.filesz > uint64(f.size)-s.off {
			r.warn("cannot read notes at %d: they end behind the file's end", s.off)
			continue
		}
		if r.seen > maxNotes || i > maxNotes {
			break
		}
		if err := r.segment(s); err != nil {
			return nil, nil, err
		}
	}
	return r.notes, r.warnings, nil
}

// segment walks through the notes of a segment: a header of three words, the
// owner and the descriptor, each padded to the segment's alignment (gABI, "Note
// Section"; of 8 in 64-bit files as binutils has it, else 4).
func (r *noteReader) segment(s noteSegment) error {
	align := uint64(4)
	if s.align == 8 {
		align = 8
	}
	end := s.off + s.filesz
	for at := s.off; at < end && end-at >= noteHeader; {
		if r.seen++; r.seen > maxNotes {
			r.warn("cannot read more than %d notes", maxNotes)
			return nil
		}
		b, err := r.bytes(at, noteHeader, "a note")
		if err != nil {
			return err
		}
		owner, size, kind := r.order.Uint32(b), r.order.Uint32(b[4:]), r.order.Uint32(b[8:])
		// Offsets count from the segment's start, which is aligned in memory.
		desc := s.off + roundUp(at-s.off+noteHeader+uint64(owner), align)
		if desc > end || uint64(size) > end-desc {
			r.warn("cannot read a note at %d: it ends behind its segment", at)
			return nil
		}
		if kind == dlopenType && owner == uint32(len(dlopenOwner)) {
			if err := r.note(at, desc, size); err != nil {
				return err
			}
		}
		at = s.off + roundUp(desc-s.off+uint64(size), align)
	}
	return nil
}

func roundUp(n, align uint64) uint64 { return (n + align - 1) &^ (align - 1) }

// note reads the note at at if it is FDO's.
func (r *noteReader) note(at, desc uint64, size uint32) error {
	owner, err := r.bytes(at+noteHeader, len(dlopenOwner), "a note's owner")
	if err != nil || string(owner) != dlopenOwner {
		return err
	}
	if size > maxDlopenNote {
		r.warn("cannot read a dlopen note at %d: it has %d bytes", at, size)
		return nil
	}
	if r.read += int(size); r.read > maxDlopenNotes {
		r.warn("cannot read a dlopen note at %d: there are over %d bytes of them", at, maxDlopenNotes)
		return nil
	}
	text := make([]byte, 0, size)
	for uint32(len(text)) < size {
		b, err := r.block(int64(desc) + int64(len(text)))
		if err != nil {
			return err
		}
		text = append(text, b[:min(len(b), int(size)-len(text))]...)
	}
	text, _, _ = bytes.Cut(text, []byte{0})
	r.parse(at, text)
	return nil
}

// parse parses a note's text: an array of objects. Some have one object alone.
func (r *noteReader) parse(at uint64, text []byte) {
	var entries []json.RawMessage
	if t := bytes.TrimLeft(text, " \t\r\n"); len(t) > 0 && t[0] == '{' {
		entries = []json.RawMessage{t}
	} else if err := json.Unmarshal(text, &entries); err != nil {
		r.warn("cannot read a dlopen note at %d: %s", at, jsonProblem(err, "an array of objects"))
		return
	}
	for _, entry := range entries {
		if n, ok := r.entry(at, entry); ok {
			r.notes = append(r.notes, n)
		}
	}
}

// entry parses one object of a note.
func (r *noteReader) entry(at uint64, text []byte) (DlopenNote, bool) {
	var e struct {
		Soname                         sonames
		Feature, Description, Priority string
	}
	if err := json.Unmarshal(text, &e); err != nil {
		r.warn("cannot read a dlopen note at %d: %s", at, jsonProblem(err, "an object"))
		return DlopenNote{}, false
	}
	if len(e.Soname) == 0 || slices.ContainsFunc(e.Soname, badSoname) {
		r.warn("cannot read a dlopen note at %d: a soname is missing or empty", at)
		return DlopenNote{}, false
	}
	switch e.Priority {
	case DlopenRequired, DlopenRecommended, DlopenSuggested:
	case "":
		e.Priority = DlopenRecommended
	default:
		r.warn("unknown priority %.40q of the dlopen note for %.80q: taken as %s", e.Priority, e.Soname[0], DlopenRecommended)
		e.Priority = DlopenRecommended
	}
	return DlopenNote{e.Soname, e.Feature, e.Description, e.Priority}, true
}

// jsonProblem says what is wrong with a text in the words of JSON, not of Go.
func jsonProblem(err error, want string) string {
	var kind *json.UnmarshalTypeError
	switch {
	case !errors.As(err, &kind):
		return err.Error()
	case kind.Field != "":
		return fmt.Sprintf("the value of %q may not be a JSON %s", strings.ToLower(kind.Field), kind.Value)
	}
	return fmt.Sprintf("a JSON %s stands where %s belongs", kind.Value, want)
}

// sonames is an array of strings; a mere string is an array of one.
type sonames []string

func (s *sonames) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		*s = make(sonames, 1)
		return json.Unmarshal(b, &(*s)[0])
	}
	return json.Unmarshal(b, (*[]string)(s))
}

func badSoname(s string) bool { return s == "" || strings.Contains(s, "\x00") }
