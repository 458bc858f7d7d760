//go:build linux

package oracle

import (
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
)

// loader is a dynamic loader of glibc that can be asked what it would map.
type loader struct {
	interp  string
	class   elf.Class
	machine elf.Machine
}

var glibcLoaders = []loader{
	{"/lib64/ld-linux-x86-64.so.2", elf.ELFCLASS64, elf.EM_X86_64},
	{"/lib/ld-linux.so.2", elf.ELFCLASS32, elf.EM_386},
	{"/lib/ld-linux-aarch64.so.1", elf.ELFCLASS64, elf.EM_AARCH64},
}

// oracle asks the loaders of one root file system.
type oracle struct {
	root     string // "/" or the directory to change root to
	emulator string // path inside root of a user-mode qemu, if the kernel cannot run its programs
	real     sync.Map
}

// answer is what a loader, or pack, says about one file.
type answer struct {
	paths   []string // real paths inside the root, in load order, without the file itself
	missing []string // names for which no file was found
	refused string   // why the file cannot be loaded at all
	// twins maps builds for some processors only to the path in paths that
	// serves on every machine. Only pack knows them.
	twins map[string]string
}

// loaders returns the loaders of the root that can be asked: they know trace
// mode, and the machine runs them.
func (o *oracle) loaders() []loader {
	return slices.DeleteFunc(slices.Clone(glibcLoaders), func(l loader) bool {
		text, err := os.ReadFile(filepath.Join(o.root, realpath(o.root, l.interp)))
		if err != nil || !bytes.Contains(text, []byte("TRACE_LOADED_OBJECTS")) {
			return true
		}
		var exit *exec.ExitError // its usage message, at status 1 or 127
		return !errors.As(o.command(nil, l.interp).Run(), &exit)
	})
}

// command returns a command that runs name inside the root, in its directory
// "/" and with no environment but env.
func (o *oracle) command(env []string, name string, args ...string) *exec.Cmd {
	argv := append([]string{name}, args...)
	if o.emulator != "" {
		prefix := []string{o.emulator}
		for _, e := range env {
			prefix = append(prefix, "-E", e)
		}
		argv, env = append(prefix, argv...), nil
	}
	if env == nil {
		env = []string{}
	}
	cmd := &exec.Cmd{Path: argv[0], Args: argv, Env: env, Dir: "/"}
	if o.root != "/" {
		cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: o.root}
	}
	return cmd
}

// enter makes the calling goroutine one whose commands see /proc in the root:
// without it glibc drops the executable's $ORIGIN.
func (o *oracle) enter() error {
	if o.root == "/" {
		return nil
	}
	if err := privateMounts(); err != nil {
		return err
	}
	return mountProc(o.root)
}

// privateMounts locks the goroutine to a thread with a mount namespace of its
// own; what is mounted there goes away with it.
func privateMounts() error {
	runtime.LockOSThread()
	if err := syscall.Unshare(syscall.CLONE_NEWNS); err != nil {
		return fmt.Errorf("cannot make a mount namespace: %w", err)
	}
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("cannot make mounts private: %w", err)
	}
	return nil
}

func mountProc(root string) error {
	dir := filepath.Join(root, "proc")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := syscall.Mount("proc", dir, "proc", 0, ""); err != nil {
		return fmt.Errorf("cannot mount %s: %w", dir, err)
	}
	return nil
}

func unmountProc(root string) { syscall.Unmount(filepath.Join(root, "proc"), syscall.MNT_DETACH) }

// ask runs the loader of s in trace mode.
func (o *oracle) ask(s subject, libraryPath string) (answer, error) {
	return o.trace(s, libraryPath, "LD_TRACE_LOADED_OBJECTS=1")
}

// askPlainCPU is ask for an x86-64 processor that has no glibc-hwcaps level
// above the first: all others include SSE 4.2.
func (o *oracle) askPlainCPU(s subject, libraryPath string) (answer, error) {
	return o.trace(s, libraryPath, "LD_TRACE_LOADED_OBJECTS=1", "GLIBC_TUNABLES=glibc.cpu.hwcaps=-SSE4_2")
}

func (o *oracle) trace(s subject, libraryPath string, env ...string) (answer, error) {
	if libraryPath != "" {
		env = append(env, "LD_LIBRARY_PATH="+libraryPath)
	}
	cmd := o.command(env, s.file)
	if !s.executable {
		cmd = o.command(env, s.loader, s.file)
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			return answer{}, err
		}
		return answer{refused: strings.TrimSpace(stderr.String())}, nil
	}
	a, err := o.parseTrace(stdout.String())
	if s.interp != "" {
		// The kernel maps it, even for a program without DT_NEEDED.
		a.paths = append(a.paths, o.realpath(s.interp))
	}
	a.paths = tidy(a.paths, s.file)
	return a, err
}

var traceLine = regexp.MustCompile(`^\t(?:(.*?) => )?(?:(not found)|(.+) \(0x[0-9a-f]+\)|statically linked)$`)

// parseTrace reads what trace mode prints: "\tname => path (0x…)",
// "\tpath (0x…)", "\tname => not found" (rtld.c of glibc).
func (o *oracle) parseTrace(text string) (a answer, err error) {
	for line := range strings.Lines(text) {
		m := traceLine.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		switch {
		case m == nil:
			return a, fmt.Errorf("cannot understand the loader's %q", line)
		case m[2] != "":
			a.missing = append(a.missing, m[1])
		case strings.HasPrefix(m[3], "linux-vdso.so") || strings.HasPrefix(m[3], "linux-gate.so"):
		case m[3] != "":
			a.paths = append(a.paths, o.realpath(m[3]))
		}
	}
	return a, nil
}

func (o *oracle) realpath(name string) string {
	real, ok := o.real.Load(name)
	if !ok {
		real = realpath(o.root, name)
		o.real.Store(name, real)
	}
	return real.(string)
}

func exists(root, name string) bool {
	_, err := os.Lstat(filepath.Join(root, name))
	return err == nil
}

// realpath follows the links in name as chroot(root) would. It is written a
// second time here so that the comparison does not rest on pkg/rootfs.
func realpath(root, name string) string {
	done := "/"
	for rest, hops := name, 0; rest != "" && hops < 200; hops++ {
		part, after, _ := strings.Cut(strings.TrimLeft(rest, "/"), "/")
		rest = after
		next := path.Join(done, part)
		target, err := os.Readlink(root + next)
		if err != nil || part == ".." {
			done = next
			continue
		}
		if path.IsAbs(target) {
			done = "/"
		}
		rest = target + "/" + rest
	}
	return done
}

// tidy removes file itself and repetitions from paths.
func tidy(paths []string, file string) []string {
	seen := map[string]bool{file: true}
	return slices.DeleteFunc(paths, func(p string) bool {
		again := seen[p]
		seen[p] = true
		return again
	})
}
