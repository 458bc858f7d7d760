// Package pipeline turns a request into a bundle: the stages in order, one
// file each. Data moves down this list and never back up:
//
//	program.go  inputs → programs: what each INPUT is and its closure
//	collect.go  programs → plan entries, every link on the way among them
//	include.go  --include, --mkdir and --exclude
//	dynamic.go  what traced runs open; they are made before anything else
//	rules.go    what no ELF header names, by the table of package rules
//	dlopen.go   what files say they open, in their notes
//	install.go  --install-to
//	cache.go    the bundle's own ld.so.cache and musl path file
//	prove.go    resolve again with the bundle as the root
//	realdirs.go --real-dirs
//	compress.go --compress
//	portable*.go --portable: what the launcher is told; on the host's file system
//	image*.go   --image-tar, and pack image: a plan as a container image
//	run.go      plan → outputs.go, --test, commit
package pipeline

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/5bbb5df2/pack/pkg/closure"
	"github.com/5bbb5df2/pack/pkg/ldso"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// Spec is a request to bundle.
type Spec struct {
	// Root is the file system that is analysed; nil means the host's.
	Root rootfs.FS
	// Foreign tells that Root is not the running machine's: nothing of it may
	// be run unless its architecture allows.
	Foreign bool
	// Inputs are paths in Root, or names to be found on Path. Relative ones are
	// relative to Cwd.
	Inputs []string
	// Output is the directory to write, on the host. It may be empty if
	// Portable or Image is set.
	Output string
	// Cwd is the working directory, as a path in Root.
	Cwd string
	// Path is the search path for programs, as $PATH.
	Path string
	// LibraryPath is LD_LIBRARY_PATH.
	LibraryPath string

	Include, Exclude, Mkdir []string
	InstallTo               string
	// Rules adds what no ELF header names; nil adds nothing.
	Rules *Rules
	// Dlopen follows what files say they open; nil follows nothing.
	Dlopen   *Dlopen
	RealDirs bool
	// Unused are sentences about options that have no effect.
	Unused []string
	// Strict makes every warning an error.
	Strict bool
	// Epoch clamps modification times (SOURCE_DATE_EPOCH).
	Epoch *time.Time
	// TempDir is where working copies go that do not end up in the bundle.
	TempDir string

	Compress *Compress
	Dynamic  *Dynamic
	Test     *Test
	// Portable asks for a portable file of the bundle.
	Portable *Portable
	// Image asks for an image of the bundle, whose entrypoint is the first input.
	Image *Image

	// Log receives progress and warnings; nil discards them.
	Log *logrus.Logger
}

// Compress asks for the executables to be compressed with upx.
type Compress struct {
	UPX  string // its path, or its name if it was not found
	Args []string
}

// Test asks for a run of the program from the bundle.
type Test struct {
	// Command is run by a shell; empty runs the input itself.
	Command string
	Stdin   string
	// WantStdout, if set, is compared with what the command prints, both
	// trimmed of white space at the ends.
	WantStdout *string
	Env        []string
	UID, GID   *int
	Timeout    time.Duration
	// Busybox is the path of busybox, empty if it was not found; BusyboxName is
	// how the user called it.
	Busybox, BusyboxName string
	// Output receives what a failing test printed.
	Output io.Writer
}

// UsageError is a request that contradicts itself, whatever the files say.
type UsageError struct {
	Msg    string
	Advice string
}

func (e *UsageError) Error() string { return e.Msg }

// Hint says what to do about it.
func (e *UsageError) Hint() string { return e.Advice }

func usagef(advice, format string, args ...any) error {
	return &UsageError{Msg: fmt.Sprintf(format, args...), Advice: advice}
}

// HintError is an error with advice for the user.
type HintError struct {
	Err    error
	Advice string
}

func (e *HintError) Error() string { return e.Err.Error() }

// Unwrap returns the error itself.
func (e *HintError) Unwrap() error { return e.Err }

// Hint says what to do about it.
func (e *HintError) Hint() string { return e.Advice }

// MissingError collects everything that would keep the programs from starting:
// errors of package closure, each with who needs what and where it was sought.
type MissingError struct{ Problems []error }

func (e *MissingError) Error() string {
	return errors.Join(e.Problems...).Error()
}

// Unwrap returns the single problems.
func (e *MissingError) Unwrap() []error { return e.Problems }

// Hint says what to do about it.
func (e *MissingError) Hint() string {
	var library *ldso.NotFoundError
	var version *closure.VersionError
	switch {
	case errors.As(e, &library):
		return "install the package that has it, or name its directory with --library-path"
	case errors.As(e, &version):
		return "install the release it was built against; pack tree shows how each library was found"
	}
	return "install the package that has it"
}

// StrictError is a warning under --strict.
type StrictError struct{ Warnings []string }

func (e *StrictError) Error() string {
	msg := e.Warnings[0]
	if more := len(e.Warnings) - 1; more > 0 {
		msg += fmt.Sprintf(" (and %d more)", more)
	}
	return "warning taken as an error (--strict): " + msg
}

// Hint says what to do about it.
func (e *StrictError) Hint() string {
	return "see to it that nothing is warned about, or leave out --strict"
}
