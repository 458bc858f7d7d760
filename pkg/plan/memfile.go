package plan

import (
	"bytes"
	"io/fs"
	"time"
)

// memFile is a rootfs.File over literal bytes.
type memFile struct {
	*bytes.Reader
	size int64
}

func newMemFile(data []byte) *memFile {
	return &memFile{Reader: bytes.NewReader(data), size: int64(len(data))}
}

func (f *memFile) Close() error               { return nil }
func (f *memFile) Stat() (fs.FileInfo, error) { return memInfo{f.size}, nil }

type memInfo struct{ size int64 }

func (i memInfo) Name() string       { return "" }
func (i memInfo) Size() int64        { return i.size }
func (i memInfo) Mode() fs.FileMode  { return 0o644 }
func (i memInfo) ModTime() time.Time { return time.Time{} }
func (i memInfo) IsDir() bool        { return false }
func (i memInfo) Sys() any           { return nil }
