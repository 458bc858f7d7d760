package portable

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/treefd"
)

// Uninstall removes what Obtain made of this payload, and of outdated ones of
// its name, in every one of the candidates, and then the directories that are
// empty because of it. It removes nothing it did not make. Where a tree is in use
// it removes nothing of that candidate and returns an error that wraps
// [ErrInUse]. Origin is that of [ObtainOptions]. removed lists the paths that
// are gone.
func Uninstall(ctx context.Context, p *Payload, origin string, candidates []Candidate) (removed []string, err error) {
	var errs []error
	for _, c := range candidates {
		gone, err := uninstallIn(ctx, p, origin, c)
		removed = append(removed, gone...)
		if err != nil {
			errs = append(errs, fmt.Errorf("cannot remove %s from %s: %w", p.config.Name, c.Dir, err))
		}
	}
	return removed, errors.Join(errs...)
}

func uninstallIn(ctx context.Context, p *Payload, origin string, c Candidate) (removed []string, err error) {
	store, err := openOwnDir(unix.AT_FDCWD, c.Dir)
	if err != nil {
		return nil, nil // nothing of ours is in a directory we do not use
	}
	defer store.Close()
	if fd, err := treefd.OpenAt(int(store.Fd()), label(p.config.Name), treefd.DirFlags, 0); err != nil {
		return nil, nil
	} else {
		unix.Close(fd)
	}
	a, err := openLocked(ctx, store, c, p.config.Name, false)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer a.close()
	removed, err = a.removeTrees(treeKey("", p.trailer.digest, ""), origin)
	if err != nil {
		return removed, err
	}
	if a.removeEmpty() {
		removed = append(removed, a.path)
		if unix.Rmdir(c.Dir) == nil {
			removed = append(removed, c.Dir)
		}
	}
	return removed, nil
}

// removeTrees removes the trees of a digest and the outdated ones, or none if one
// is in use.
func (a *appDir) removeTrees(digest, origin string) (removed []string, err error) {
	keys, temps, err := a.trees()
	if err != nil {
		return nil, err
	}
	keys = slices.DeleteFunc(keys, func(k string) bool { return keyDigest(k) != digest && !a.isOutdated(k, origin) })
	for _, k := range keys {
		lock, err := a.claim(k)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k, err)
		}
		defer unix.Close(lock)
	}
	for _, k := range keys {
		if err := a.removeClaimed(k); err != nil {
			return removed, fmt.Errorf("%s: %w", k, err)
		}
		removed = append(removed, filepath.Join(a.path, k))
	}
	for _, n := range temps {
		if err := a.discard(n); err != nil && !errors.Is(err, ErrInUse) {
			return removed, fmt.Errorf("%s: %w", n, err)
		}
	}
	return removed, nil
}

// removeEmpty removes the lock and the directory unless something else is in
// it, and tells whether it did. Who waits for the lock finds that out.
func (a *appDir) removeEmpty() bool {
	names, err := treefd.List(a.fd())
	if err != nil || len(names) > 1 || len(names) == 1 && names[0] != lockName {
		return false
	}
	_ = unix.Unlinkat(a.fd(), lockName, 0)
	return unix.Unlinkat(int(a.store.Fd()), a.name, unix.AT_REMOVEDIR) == nil
}
