// Package upx compresses executables with the upx program.
package upx

import (
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// Options says what to compress, and how.
type Options struct {
	// UPX is the upx program. A name without a slash is looked for on this
	// process's PATH.
	UPX string
	// Args are further arguments for upx, such as --best.
	Args []string
	// Env is upx's whole environment. It takes options from a variable UPX.
	Env []string
	// Source is the executable, Size its size in bytes; only ReadAt is used.
	Source rootfs.File
	Size   int64
	// Name is what messages call the executable.
	Name string
	// TempDir is where the directory for the copy is made, os.TempDir() if "".
	TempDir string
}

// NotFoundError reports that there is no upx program.
type NotFoundError struct {
	UPX string // as asked for
	Err error
}

func (e *NotFoundError) Error() string {
	return fmt.Sprintf("cannot find the upx program %q: %v", e.UPX, e.Err)
}

// Unwrap returns the cause.
func (e *NotFoundError) Unwrap() error { return e.Err }

// Hint says what to do about it.
func (e *NotFoundError) Hint() string {
	return "install upx (Debian and Ubuntu: apt-get install upx-ucl; on Debian 12 it is in bookworm-backports)"
}

// RefusedError reports that upx did not compress an executable, or not so that
// it passes upx -t.
type RefusedError struct {
	Name    string // of the executable
	Testing bool   // it was upx -t that failed
	Message string // what upx said last, or how it ended
	Err     error
}

func (e *RefusedError) Error() string {
	if e.Testing {
		return fmt.Sprintf("cannot compress %s: upx -t rejects the result: %s", e.Name, e.Message)
	}
	return fmt.Sprintf("cannot compress %s: upx: %s", e.Name, e.Message)
}

// Unwrap returns how upx ended.
func (e *RefusedError) Unwrap() error { return e.Err }

// ErrNotELF reports something else than an ELF file. upx itself would take a
// shell script and make an i386 executable of it.
var ErrNotELF = errors.New("it is not an ELF file")

// program is the name of the private copy in its directory.
const program = "program"

// Compress compresses a private copy of the executable, has upx test the
// result and returns its path. It has mode 0700 and lies alone in a new
// directory, which the caller removes. On any failure, cancellation of ctx
// included, nothing is left behind.
//
// The errors are *NotFoundError, *RefusedError, [ErrNotELF], and others from
// copying.
func Compress(ctx context.Context, o Options) (path string, err error) {
	upx, err := find(o.UPX)
	if err != nil {
		return "", err
	}
	magic := make([]byte, len(elf.ELFMAG))
	if n, err := o.Source.ReadAt(magic, 0); string(magic[:n]) != elf.ELFMAG {
		if err == nil || err == io.EOF {
			err = ErrNotELF
		}
		return "", fmt.Errorf("cannot compress %s: %w", o.Name, err)
	}
	dir, err := os.MkdirTemp(o.TempDir, "pack-upx-")
	if err != nil {
		return "", fmt.Errorf("cannot compress %s: %w", o.Name, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	path = filepath.Join(dir, program)
	if err := copyTo(path, o.Source, o.Size); err != nil {
		return "", fmt.Errorf("cannot compress %s: %w", o.Name, err)
	}
	if err := run(ctx, upx, dir, o, false); err != nil {
		return "", err
	}
	if err := run(ctx, upx, dir, o, true); err != nil {
		return "", err
	}
	return path, nil
}

// find returns the absolute path of the program, which will be started from
// another directory.
func find(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err == nil {
		path, err = filepath.Abs(path)
	}
	if err != nil {
		var e *exec.Error
		if errors.As(err, &e) {
			err = e.Err
		}
		return "", &NotFoundError{name, err}
	}
	return path, nil
}

func copyTo(path string, source io.ReaderAt, size int64) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o700)
	if err != nil {
		return err
	}
	n, err := io.Copy(f, io.NewSectionReader(source, 0, size))
	if err == nil && n < size {
		err = fmt.Errorf("it ends after %d of %d bytes: %w", n, size, io.ErrUnexpectedEOF)
	}
	return errors.Join(err, f.Close())
}

// run starts upx on the copy, to compress or to test it. A process group of
// its own makes sure that nothing of it outlives a cancellation, also where
// upx is a wrapper script.
func run(ctx context.Context, upx, dir string, o Options, testing bool) error {
	args := []string{"-t"}
	if !testing {
		args = append([]string{"-q"}, o.Args...)
	}
	cmd := exec.CommandContext(ctx, upx, append(args, "--", program)...)
	var stdout, stderr tail
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &stdout, &stderr
	cmd.Env = append([]string{}, o.Env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("cannot compress %s: %w", o.Name, context.Cause(ctx))
	case errors.Is(err, fs.ErrNotExist):
		return &NotFoundError{o.UPX, err}
	case !errors.As(err, &exit):
		return fmt.Errorf("cannot compress %s: %w", o.Name, err)
	}
	message := lastLines(stderr.data)
	if message == "" {
		message = lastLines(stdout.data)
	}
	if message == "" {
		message = err.Error()
	}
	return &RefusedError{o.Name, testing, message, err}
}

// tail keeps the end of what is written to it.
type tail struct{ data []byte }

const maxTail = 4096

func (t *tail) Write(p []byte) (int, error) {
	t.data = append(t.data, p...)
	if extra := len(t.data) - maxTail; extra > 0 {
		t.data = append(t.data[:0], t.data[extra:]...)
	}
	return len(p), nil
}

// lastLines returns up to three lines from the end of what upx said, in one,
// without the name of the copy, which means nothing to anybody.
func lastLines(out []byte) string {
	var lines []string
	for line := range strings.Lines(string(out)) {
		line = strings.TrimSpace(line)
		line = strings.TrimPrefix(strings.TrimPrefix(line, "upx: "), program+": ")
		if line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines[max(0, len(lines)-3):], "; ")
}
