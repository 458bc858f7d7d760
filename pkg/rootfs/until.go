package rootfs

import (
	"context"
	"io/fs"
)

// Until returns f for as long as ctx is not done; then every call fails with
// the context's cause. It ends a walk that somebody has given up on, however
// deep in it the caller is, and however many names the walk would have met.
func Until(ctx context.Context, f FS) FS { return until{f, ctx} }

type until struct {
	FS
	ctx context.Context
}

func (u until) done() error {
	if u.ctx.Err() == nil {
		return nil
	}
	return context.Cause(u.ctx)
}

func (u until) Lstat(name string) (fs.FileInfo, error) {
	if err := u.done(); err != nil {
		return nil, err
	}
	return u.FS.Lstat(name)
}

func (u until) Readlink(name string) (string, error) {
	if err := u.done(); err != nil {
		return "", err
	}
	return u.FS.Readlink(name)
}

func (u until) ReadDir(name string) ([]fs.DirEntry, error) {
	if err := u.done(); err != nil {
		return nil, err
	}
	return u.FS.ReadDir(name)
}

func (u until) Open(name string) (File, error) {
	if err := u.done(); err != nil {
		return nil, err
	}
	return u.FS.Open(name)
}

func (u until) Xattrs(name string) (map[string][]byte, error) {
	if err := u.done(); err != nil {
		return nil, err
	}
	return u.FS.Xattrs(name)
}
