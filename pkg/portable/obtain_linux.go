package portable

import (
	"context"
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// ObtainOptions says what tree is wanted.
type ObtainOptions struct {
	Unpack UnpackOptions
	// Origin is the path of the file that the payload was opened from, "" if
	// that is not known.
	Origin string
	// Variant, if not "", keeps a tree apart from the one other callers get:
	// one that Prepare changes. Lower-case letters and digits.
	Variant string
	// Prepare, if not nil, is called once after unpacking with the tree's root
	// and the path it will have, before anybody else can see it: until then only
	// the descriptor leads there. Its error is that of Obtain.
	Prepare func(ctx context.Context, root *os.File, path string) error
	// Original, if not nil, returns what [VerifyOptions] has to know about the
	// tree at path, or nil, because Prepare changed it.
	Original func(path string) Original
}

// Tree is an unpacked payload that is in use: nobody removes it before Close,
// or before the last process that inherited the lock has ended.
type Tree struct {
	store Candidate
	path  string
	root  *os.File
	lock  *os.File
	fresh bool
}

// Path is the tree's root directory.
func (t *Tree) Path() string { return t.path }

// Root is the open root directory, closed on exec.
func (t *Tree) Root() *os.File { return t.root }

// Lock is the open file that holds the shared lock, closed on exec unless
// [Tree.Inherit] was called.
func (t *Tree) Lock() *os.File { return t.lock }

// Inherit makes the lock's descriptor survive exec, so that the tree stays in
// use as long as the program, or a child of it, keeps it open.
func (t *Tree) Inherit() error {
	_, err := unix.FcntlInt(t.lock.Fd(), unix.F_SETFD, 0)
	return err
}

// Store is the candidate the tree lies in.
func (t *Tree) Store() Candidate { return t.store }

// Fresh tells whether this call unpacked it.
func (t *Tree) Fresh() bool { return t.fresh }

// Close gives the tree back.
func (t *Tree) Close() error { return errors.Join(t.root.Close(), t.lock.Close()) }

// Obtain returns the payload's tree in the first of the candidates that can
// hold it, unpacking it there if it is not yet. Concurrent calls, of other
// processes too, unpack once. A candidate is passed over when it is not a
// directory of this user's alone, may not be executed from, has no space
// (also when that shows only while unpacking) or cannot be written; when none
// is left the error is a *[NoStoreError].
//
// After it has unpacked, Obtain removes other payloads of the same name that
// are not in use and outdated: unpacked from the same file, which is another one
// now, or from one that is not there any more.
//
// A tree is not written to the disk before it is used, which would take longer
// than unpacking it. The first start after a reboot compares it with the
// payload instead, once, and unpacks it again when the machine went down too
// early.
func Obtain(ctx context.Context, p *Payload, candidates []Candidate, o ObtainOptions) (*Tree, error) {
	refused := &NoStoreError{}
	for _, c := range candidates {
		t, err := obtainIn(ctx, p, c, o)
		if err == nil {
			return t, nil
		}
		var final *finalError
		if errors.As(err, &final) {
			return nil, final.err
		}
		if isFinal(err) || ctx.Err() != nil {
			return nil, err
		}
		refused.Refused = append(refused.Refused, Refusal{c, err})
	}
	return nil, refused
}

// finalError is one that another candidate would not help.
type finalError struct{ err error }

func (e *finalError) Error() string { return e.err.Error() }

func isFinal(err error) bool { return errors.Is(err, ErrDamaged) || errors.Is(err, ErrCodec) }

func obtainIn(ctx context.Context, p *Payload, c Candidate, o ObtainOptions) (*Tree, error) {
	for {
		store, made, err := openStore(c)
		if err != nil {
			return nil, err
		}
		t, err := obtainFrom(ctx, store, p, c, o)
		store.Close()
		if err != nil && made {
			_ = unix.Rmdir(c.Dir) // if nobody else has begun to use it
		}
		if err != errStoreGone {
			return t, err
		}
	}
}

func obtainFrom(ctx context.Context, store *os.File, p *Payload, c Candidate, o ObtainOptions) (*Tree, error) {
	if err := checkFilesystem(store); err != nil {
		return nil, err
	}
	key := treeKey(p.config.Version, p.trailer.digest, o.Variant)
	if a, err := openApp(store, c, p.config.Name, false); err == nil {
		t, _ := a.use(c, key, knownComplete)
		a.close()
		if t != nil {
			return t, nil
		}
	}
	a, err := openLocked(ctx, store, c, p.config.Name, true)
	if err != nil {
		return nil, err
	}
	defer a.close()
	t, err := a.obtain(ctx, p, c, key, o)
	if err != nil {
		a.removeEmpty()
	}
	return t, err
}

// obtain does what is left when the tree is not simply there; the lock is held.
func (a *appDir) obtain(ctx context.Context, p *Payload, c Candidate, key string, o ObtainOptions) (*Tree, error) {
	t, err := a.use(c, key, maybeComplete)
	if err != nil {
		return nil, err
	}
	if t != nil && a.confirm(ctx, t, p, key, o) {
		return t, nil
	}
	if t != nil {
		t.Close()
	}
	if err := a.clear(key); err != nil {
		return nil, err
	}
	if err := checkSpace(a.dir, p.trailer); err != nil {
		return nil, err
	}
	if t, err = a.make(ctx, p, c, key, o); err == nil {
		a.collect(key, o.Origin)
	}
	return t, err
}

// clear removes what dead processes left, and a tree that turned out bad.
func (a *appDir) clear(key string) error {
	_, temps, err := a.trees()
	if err != nil {
		return err
	}
	for _, n := range temps {
		if err := a.discard(n); err != nil && !errors.Is(err, ErrInUse) {
			return fmt.Errorf("cannot remove %s/%s: %w", a.path, n, err)
		}
	}
	// In use or not, it must not keep its name.
	temp := a.temp()
	switch err := unix.Renameat(a.fd(), key, a.fd(), temp); err {
	case nil:
		if err := a.discard(temp); err != nil && !errors.Is(err, ErrInUse) {
			return fmt.Errorf("cannot remove %s/%s: %w", a.path, temp, err)
		}
	case unix.ENOENT:
	default:
		return err
	}
	return nil
}

// collect removes the outdated trees of other payloads. What cannot be removed,
// because it is in use or for whatever reason, is for the next time.
func (a *appDir) collect(key, origin string) {
	keys, _, _ := a.trees()
	for _, k := range keys {
		if keyDigest(k) != keyDigest(key) && a.isOutdated(k, origin) {
			_ = a.discard(k)
		}
	}
}

// isOutdated tells whether a tree of another payload than origin's is of no use.
func (a *appDir) isOutdated(key, origin string) bool {
	dir, err := openOwnDir(a.fd(), key)
	if err != nil {
		return true // it would not be used
	}
	defer dir.Close()
	from := readText(int(dir.Fd()), originName)
	_, err = os.Lstat(from)
	return from == origin || errors.Is(err, os.ErrNotExist)
}
