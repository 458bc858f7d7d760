// Package ldso knows where a dynamic loader looks for a shared object and what
// it finds there. It implements the rules of glibc's ld.so (ld.so(8),
// elf/dl-load.c, elf/dl-cache.c) and of musl (ldso/dynlink.c) for any root
// file system and any architecture, by reading files only: no loader is run.
package ldso

import (
	"fmt"
	"io/fs"
	"strings"

	"github.com/5bbb5df2/pack/pkg/object"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// Flavor is a family of dynamic loaders that share search rules.
type Flavor string

// The flavors known.
const (
	Glibc Flavor = "glibc"
	Musl  Flavor = "musl"
)

// How says by which rule an object was found.
type How string

// The ways of being found, named as ld.so(8) names them.
const (
	ByPath        How = "path"             // the name contains a slash
	ByRpath       How = "RPATH"            // DT_RPATH of the requester or of an ancestor
	ByLibraryPath How = "LD_LIBRARY_PATH"  // or --library-path
	ByRunpath     How = "RUNPATH"          // DT_RUNPATH of the requester
	ByCache       How = "ld.so.cache"      // the loader's cache
	ByConf        How = "ld.so.conf"       // the cache is missing, its configuration is not
	ByDefault     How = "default path"     // compiled into the loader
	ByPathFile    How = "ld-musl path"     // musl's /etc/ld-musl-$ARCH.path
	BySoname      How = "already loaded"   // satisfied by an object in memory
	ByInterp      How = "program header"   // PT_INTERP
	ByReserved    How = "part of the libc" // musl: libpthread and its like
)

// Found is a search that succeeded.
type Found struct {
	// Path is the file as the loader would open it: links are not resolved,
	// and that matters, because the object's $ORIGIN is its directory.
	Path string
	How  How
	Dir  string // the directory as written in the rule, after token expansion
	// Variants are paths of CPU-specific twins the loader prefers on machines
	// that have what they need (glibc-hwcaps/x86-64-v3/…).
	Variants []string
	// Level is set when no baseline file exists: the twin at Path works only
	// on machines of that level.
	Level string
	// Tried is where the search looked in vain before, in order.
	Tried []Try
}

func (f Found) String() string {
	if f.Dir == "" {
		return string(f.How)
	}
	return string(f.How) + " " + f.Dir
}

// Try is one place a search looked at in vain.
type Try struct {
	How How
	Dir string // the directory, or the whole path where the rule names a file
	Why string // "no such file", "wrong ELF class", …
}

// NotFoundError is a search that ended without a usable file. Tried lists all
// places in the order the loader considers them.
type NotFoundError struct {
	Name, By string
	Tried    []Try
	More     int // places looked at beyond Tried
	// Fatal is set when the loader stops at a broken candidate rather than
	// going on (glibc: an empty file, a directory, not ELF).
	Fatal string
}

func (e *NotFoundError) Error() string {
	msg := fmt.Sprintf("%s needed by %s: not found", e.Name, e.By)
	if e.Fatal != "" {
		msg = fmt.Sprintf("%s needed by %s: cannot load %s", e.Name, e.By, e.Fatal)
	}
	if len(e.Tried) == 0 {
		return msg
	}
	parts := make([]string, len(e.Tried))
	for i, t := range e.Tried {
		parts[i] = fmt.Sprintf("%s %s: %s", t.How, t.Dir, t.Why)
	}
	if e.More > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", e.More))
	}
	return msg + " (searched " + strings.Join(parts, "; ") + ")"
}

// Is makes errors.Is(err, fs.ErrNotExist) true.
func (e *NotFoundError) Is(target error) bool { return target == fs.ErrNotExist }

// Requester is a loaded object on whose behalf a search is made.
type Requester struct {
	Path string // as opened
	Obj  *object.Object
	// Origin is what $ORIGIN stands for; empty where the loader cannot know it
	// (the executable's, without /proc): elements naming it are dropped.
	Origin string
	// Loader is the first object that caused this one to be loaded, nil for
	// the main program.
	Loader *Requester
	// Secure is AT_SECURE: a set-id program ignores LD_LIBRARY_PATH and trusts
	// $ORIGIN only inside the default directories.
	Secure bool
}

// Config is everything a search depends on besides the root's files.
type Config struct {
	Root rootfs.FS
	// LibraryPath is LD_LIBRARY_PATH.
	LibraryPath string
	// Cwd is what an empty or relative element is relative to.
	Cwd string
	// Read returns the facts of the file at a real path of Root.
	Read func(real string) (*object.Object, error)
	*System
}

// Search finds the file that the loader would load for name, a DT_NEEDED
// entry of by (or a name by gives to dlopen(3)). The error is a
// *NotFoundError, or an error of reading Root.
func (c *Config) Search(name string, by *Requester) (Found, error) {
	s := &search{Config: c, name: name, by: by}
	lookup := s.glibc
	if c.Flavor == Musl {
		lookup = s.musl
	}
	found, err := lookup()
	if err == nil {
		found.Tried = s.tried
	}
	return found, err
}

// search is the state of one lookup.
type search struct {
	*Config
	name     string
	by       *Requester
	tried    []Try
	more     int // tries not in tried
	variants []string
	level    Found // a CPU-specific file met on the way, should no baseline exist
	fatal    string
	// over is set when a directory ends the list it is in (see candidate).
	over bool
}

// maxTried bounds what an error lists, maxElements what is searched of one
// list: files that name thousands of directories are no honest ones, and
// would cost a search in each for every library.
const (
	maxTried    = 100
	maxElements = 1024
)

func (s *search) fail(how How, dir, why string) {
	if len(s.tried) == maxTried {
		s.more++
		return
	}
	s.tried = append(s.tried, Try{How: how, Dir: dir, Why: why})
}

func (s *search) notFound() error {
	return &NotFoundError{Name: s.name, By: s.by.Path, Tried: s.tried, More: s.more, Fatal: s.fatal}
}

// abs makes a directory or file name of a search list absolute as the process
// would, keeping everything else as written.
func (s *search) abs(name string) string {
	if strings.HasPrefix(name, "/") {
		return name
	}
	cwd := s.Cwd
	if cwd == "" {
		cwd = "/"
	}
	if name == "" {
		return cwd
	}
	return strings.TrimSuffix(cwd, "/") + "/" + name
}

// inDir joins a directory of a search list and a file name without cleaning:
// the spelling is what $ORIGIN will be.
func inDir(dir, name string) string {
	if dir == "/" {
		return "/" + name
	}
	return dir + "/" + name
}

// Origin returns what $ORIGIN means for an object opened as name: the name up
// to its last slash, with any ".." and link in it kept (_dl_new_object of
// elf/dl-object.c).
func Origin(name string) string {
	return name[:max(strings.LastIndexByte(name, '/'), 1)]
}
