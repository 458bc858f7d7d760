package pipeline

import (
	"io"
	"io/fs"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/relink"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// patchedFS is a root that has one file: another one, changed. Only Open may
// be called.
type patchedFS struct {
	rootfs.FS
	from   plan.Source
	change relink.Change
}

// Name implements rootfs.FS.
func (p patchedFS) Name() string {
	if p.from.FS == nil {
		return "the bundle"
	}
	return p.from.FS.Name()
}

// Open implements rootfs.FS.
func (p patchedFS) Open(string) (rootfs.File, error) {
	f, err := p.from.Open()
	if err != nil {
		return nil, err
	}
	fi, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	return &patched{File: f, old: fi.Size(), info: fi, change: p.change}, nil
}

// patched is a file as it will be after a change.
type patched struct {
	rootfs.File
	old    int64 // size before the change
	info   fs.FileInfo
	change relink.Change
	off    int64
}

// ReadAt implements io.ReaderAt: the file, zeros behind its end, and the edits
// over both.
func (p *patched) ReadAt(b []byte, off int64) (int, error) {
	n := max(0, min(int64(len(b)), p.change.Size-off))
	out := b[:n]
	kept := max(0, min(n, p.old-off))
	clear(out[kept:])
	if kept > 0 {
		if got, err := p.File.ReadAt(out[:kept], off); int64(got) < kept {
			return 0, err
		}
	}
	for _, e := range p.change.Edits {
		from, to := max(e.Off, off), min(e.Off+int64(len(e.Data)), off+n)
		if from < to {
			copy(out[from-off:to-off], e.Data[from-e.Off:])
		}
	}
	if n < int64(len(b)) {
		return int(n), io.EOF
	}
	return int(n), nil
}

// Read implements io.Reader.
func (p *patched) Read(b []byte) (int, error) {
	n, err := p.ReadAt(b, p.off)
	p.off += int64(n)
	if n > 0 {
		err = nil
	}
	return n, err
}

// Stat implements rootfs.File.
func (p *patched) Stat() (fs.FileInfo, error) { return patchedInfo{p.info, p.change.Size}, nil }

type patchedInfo struct {
	fs.FileInfo
	size int64
}

func (i patchedInfo) Size() int64 { return i.size }
