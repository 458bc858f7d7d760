package main

import (
	"embed"
	"fmt"
	"io"
	"runtime"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/portable"
)

//go:embed payload
var embedded embed.FS

// open opens the payload: what "pack render" put into the source, or what lies
// behind the program in the running file, which need not have a name any more.
func open() (*portable.Payload, error) {
	if f, err := embedded.Open("payload/payload"); err == nil {
		fi, err := f.Stat()
		if err != nil {
			return nil, fmt.Errorf("cannot read the embedded payload: %w", err)
		}
		// An embedded file is an io.ReaderAt (package embed).
		return portable.Open(f.(io.ReaderAt), fi.Size(), parallel(decoders()))
	}
	fd, err := unix.Open("/proc/self/exe", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		why := map[error]string{unix.ENOENT: " (is /proc mounted?)", unix.EACCES: " (it holds the program, and has to be readable)"}
		return nil, fmt.Errorf("cannot open the running file: %w%s", err, why[err])
	}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return nil, fmt.Errorf("cannot open the running file: %w", err)
	}
	return portable.Open(running(fd), st.Size, parallel(decoders()))
}

// running is the descriptor of the running file. An os.File would have cost
// eight system calls to learn that nothing waits for it, at every start.
type running int

func (r running) ReadAt(b []byte, off int64) (n int, err error) {
	for n < len(b) {
		got, err := unix.Pread(int(r), b[n:], off+int64(n))
		switch {
		case err == unix.EINTR:
		case err != nil:
			return n, err
		case got == 0:
			return n, io.EOF
		default:
			n += got
		}
	}
	return n, nil
}

// parallel has the runtime use all processors as soon as there is something to
// decode, which mostly there is not: see package sandbox.
func parallel(d portable.Decoders) portable.Decoders {
	for name, open := range d {
		d[name] = func(window int) (portable.Decompress, error) {
			runtime.GOMAXPROCS(runtime.NumCPU())
			return open(window)
		}
	}
	return d
}
