// Package plan holds the value everything turns on: which path goes into the
// output, from where, with what mode, and why.
package plan

import (
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// Kind is the sort of reason an entry has for being in the plan.
type Kind string

// The kinds of reason.
const (
	Input     Kind = "input"     // named on the command line
	Interp    Kind = "interp"    // PT_INTERP of By, or its #! interpreter
	Needed    Kind = "needed"    // DT_NEEDED of By; Via says how it was found
	Variant   Kind = "hwcaps"    // a CPU-specific twin of By
	Audit     Kind = "audit"     // DT_AUDIT or DT_DEPAUDIT of By
	Link      Kind = "link"      // a symbolic link on the way to By
	Include   Kind = "include"   // matched the --include glob By
	Mkdir     Kind = "mkdir"     // asked for by --mkdir
	Dlopen    Kind = "dlopen"    // By says in a note that it opens it; Via is the priority and the feature
	Traced    Kind = "opened"    // By opened it in a traced run; Via says which
	Rule      Kind = "rule"      // the rule By called for it; Via is the evidence
	Parent    Kind = "parent"    // the directory another entry lies in
	Cache     Kind = "cache"     // generated so that By finds its libraries
	Conf      Kind = "conf"      // read by the loader By
	Duplicate Kind = "real-dirs" // a link in place of the directory link By
)

// Reason says why an entry is in the plan.
type Reason struct {
	Kind Kind   `json:"kind"`
	By   string `json:"by,omitempty"`  // what asked for it: a path, a glob
	Via  string `json:"via,omitempty"` // how it was found: "libz.so.1 by RUNPATH /opt/lib"
}

func (r Reason) String() string {
	s := string(r.Kind)
	if r.Kind == Traced {
		s += " by"
	}
	if r.By != "" {
		s += " " + r.By
	}
	if r.Via != "" {
		s += " (" + r.Via + ")"
	}
	return s
}

// Source is where the content of a regular file comes from: a file in a root,
// a file of the host that pack made (a compressed copy), or literal bytes.
// Exactly one of FS with Path, and Data, is set.
type Source struct {
	FS   rootfs.FS
	Path string // real path in FS
	Data []byte
	// ID is equal for two sources that are the same inode (hard links); zero
	// where it is not known.
	ID rootfs.FileID
}

// Open opens the content for reading.
func (s Source) Open() (rootfs.File, error) {
	if s.FS == nil {
		return newMemFile(s.Data), nil
	}
	return s.FS.Open(s.Path)
}

// Entry is one path of the output.
//
// Mode holds the type and the permission, setuid, setgid and sticky bits. The
// type is regular, directory or symbolic link, and in the plan of a whole
// directory or image also device, named pipe or socket. Link is the target of a
// symbolic link, kept as it is. Size is in bytes. An entry with HardLink set has the
// same inode as the entry at that path, which sorts before it.
type Entry struct {
	Path     string
	Mode     fs.FileMode
	UID, GID int
	ModTime  time.Time
	Xattrs   map[string][]byte
	Link     string
	HardLink string
	Rdev     uint64 // of a device, as stat(2) has it
	Size     int64
	From     Source
	Why      []Reason
}

// Plan is a set of entries, one a path, in which no entry lies below anything
// but a directory. The zero value is not ready; use New.
type Plan struct {
	entries map[string]*Entry
	order   []string // the paths as they came in, removed ones among them
	parent  func(dir string) Entry
}

// New returns an empty plan. parent describes a directory that no caller of
// Add mentioned but some entry lies in, the root "/" among them; nil means
// 0755 owned by root at the epoch.
func New(parent func(dir string) Entry) *Plan {
	if parent == nil {
		parent = func(string) Entry { return Entry{Mode: fs.ModeDir | 0o755, ModTime: time.Unix(0, 0)} }
	}
	return &Plan{entries: map[string]*Entry{}, parent: parent}
}

// Clone returns a plan with the same entries, which changes on its own.
func (p *Plan) Clone() *Plan {
	out := &Plan{entries: make(map[string]*Entry, len(p.entries)), order: slices.Clone(p.order), parent: p.parent}
	for name, e := range p.entries {
		c := *e
		c.Why = slices.Clip(e.Why) // whoever adds to it copies it
		out.entries[name] = &c
	}
	return out
}

// ConflictError is an Add that two callers cannot both have their way with.
type ConflictError struct {
	Path     string
	Old, New Entry
	Why      string
}

func (e *ConflictError) Error() string {
	s := fmt.Sprintf("cannot place %s (%s): %s", e.Path, reasons(e.New.Why), e.Why)
	if len(e.Old.Why) > 0 {
		s += " (" + reasons(e.Old.Why) + ")"
	}
	return s
}

// Hint says what to do about it.
func (e *ConflictError) Hint() string { return "choose another place for one of them" }

func reasons(why []Reason) string {
	parts := make([]string, len(why))
	for i, r := range why {
		parts[i] = r.String()
	}
	return strings.Join(parts, ", ")
}

// Add puts e into the plan. The same content at the same path merges the
// reasons; anything else there, or anything but a directory above, is a
// *ConflictError. e.Path must be absolute and clean.
func (p *Plan) Add(e Entry) error {
	if e.Path != path.Clean(e.Path) || !path.IsAbs(e.Path) {
		return fmt.Errorf("internal error: plan path %q is not clean", e.Path)
	}
	if old, ok := p.entries[e.Path]; ok {
		return p.merge(old, e)
	}
	if !e.Mode.IsDir() {
		if e.Path == "/" {
			return &ConflictError{Path: "/", New: e, Why: "the root of the bundle is a directory"}
		}
	}
	for dir := path.Dir(e.Path); ; dir = path.Dir(dir) {
		if up, ok := p.entries[dir]; ok {
			if !up.Mode.IsDir() {
				return &ConflictError{Path: e.Path, Old: *up, New: e, Why: fmt.Sprintf("%s is a %s in the bundle", dir, typeName(up.Mode))}
			}
			break
		}
		if dir == "/" {
			break
		}
	}
	p.fillParents(e.Path)
	p.insert(&e)
	return nil
}

func (p *Plan) merge(old *Entry, e Entry) error {
	switch {
	case e.Mode.IsDir() && old.Mode.IsDir():
		if len(e.Why) > 0 && isFilled(old) {
			why := old.Why
			*old = e
			old.Why = append(why[:0:0], e.Why...)
			return nil
		}
	case e.Mode.Type() != old.Mode.Type():
		return &ConflictError{Path: e.Path, Old: *old, New: e, Why: fmt.Sprintf("there is already a %s", typeName(old.Mode))}
	case e.Mode&fs.ModeSymlink != 0 && e.Link != old.Link:
		return &ConflictError{Path: e.Path, Old: *old, New: e, Why: "there is already a link to " + old.Link}
	case e.Mode.IsRegular() && !sameSource(old.From, e.From):
		return &ConflictError{Path: e.Path, Old: *old, New: e, Why: "there is already another file"}
	}
	for _, r := range e.Why {
		if !slices.Contains(old.Why, r) {
			old.Why = append(old.Why, r)
		}
	}
	return nil
}

func sameSource(a, b Source) bool {
	if a.FS == nil || b.FS == nil {
		return a.FS == nil && b.FS == nil && string(a.Data) == string(b.Data)
	}
	return a.FS.Name() == b.FS.Name() && a.Path == b.Path
}

func isFilled(e *Entry) bool {
	return len(e.Why) == 1 && e.Why[0].Kind == Parent
}

func (p *Plan) fillParents(name string) {
	for dir := name; dir != "/"; {
		dir = path.Dir(dir)
		if _, ok := p.entries[dir]; ok {
			return
		}
		e := p.parent(dir)
		e.Path = dir
		e.Why = []Reason{{Kind: Parent, By: name}}
		p.insert(&e)
	}
}

func (p *Plan) insert(e *Entry) {
	p.entries[e.Path] = e
	p.order = append(p.order, e.Path)
}

// Get returns the entry at name, or nil.
func (p *Plan) Get(name string) *Entry { return p.entries[name] }

// Len is the number of entries.
func (p *Plan) Len() int { return len(p.entries) }

// Remove drops the entry at name and everything below it, and returns what it
// dropped in path order. Parents that were only filled in stay.
func (p *Plan) Remove(name string) []Entry {
	var out []Entry
	for _, q := range p.paths() {
		if q == name || strings.HasPrefix(q, strings.TrimSuffix(name, "/")+"/") {
			out = append(out, *p.entries[q])
			delete(p.entries, q)
		}
	}
	return out
}

// Update changes the entry at name, which must exist and keep its type.
func (p *Plan) Update(name string, change func(*Entry)) { change(p.entries[name]) }

// All yields every entry in path order: a directory comes before what lies in
// it, and every sink sees the same sequence. Entries removed meanwhile are
// passed over.
func (p *Plan) All() iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for _, name := range p.paths() {
			if e := p.entries[name]; e != nil && !yield(*e) {
				return
			}
		}
	}
}

// Since returns in path order the entries that were added after the first n
// were, and how many were added so far.
func (p *Plan) Since(n int) ([]*Entry, int) {
	if n == len(p.order) {
		return nil, n
	}
	names := slices.Clone(p.order[n:])
	slices.SortFunc(names, ComparePaths)
	out := make([]*Entry, 0, len(names))
	for _, name := range slices.Compact(names) {
		if e := p.entries[name]; e != nil {
			out = append(out, e)
		}
	}
	return out, len(p.order)
}

// Each yields every entry, in no order: it costs less than All.
func (p *Plan) Each() iter.Seq[*Entry] { return maps.Values(p.entries) }

// paths lists the entries component-wise, so that "/a/b" comes before "/a-b".
func (p *Plan) paths() []string {
	return slices.SortedFunc(maps.Keys(p.entries), ComparePaths)
}

// ComparePaths orders paths by component, so that a directory is followed by
// all that lies below it.
func ComparePaths(a, b string) int {
	for i := 0; i < len(a) && i < len(b); i++ {
		if a[i] == b[i] {
			continue
		}
		if a[i] == '/' {
			return -1
		}
		if b[i] == '/' {
			return 1
		}
		return int(a[i]) - int(b[i])
	}
	return len(a) - len(b)
}

func typeName(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "directory"
	case m&fs.ModeSymlink != 0:
		return "symbolic link"
	}
	return "file"
}
