package launch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/portable"
	"github.com/5bbb5df2/pack/pkg/sandbox"
)

// sandboxMounts are what a sandbox shows of the host if nobody says otherwise:
// those of poCo.
var sandboxMounts = []string{"/sys", "/tmp", "/run"}

// entry says what to become, but for what the tree decides.
func (r *run) entry() (*sandbox.Entry, *newRoot, error) {
	attrs := r.config.Attrs
	if r.attrs != nil {
		attrs = *r.attrs
	}
	caps := capabilities()
	clone, err := cloneFlags(attrs, r.config.Root, caps.has(unix.CAP_SYS_ADMIN))
	if err != nil {
		return nil, nil, err
	}
	root := &newRoot{sandbox: r.config.Root == portable.Sandbox}
	e := &sandbox.Entry{Spec: sandbox.Spec{
		Clone: clone,
		Argv:  r.argv,
		Env:   r.env.program(r.config.Env),
		Dir:   r.config.Workdir,
	}}
	e.MapAll = caps.has(unix.CAP_SYS_ADMIN) && caps.has(unix.CAP_SETUID) && caps.has(unix.CAP_SETGID)
	if !root.sandbox {
		e.MapUID, e.MapGID = os.Geteuid(), os.Getegid()
	}
	if root.sandbox && e.Dir == "" {
		e.Dir = "/"
	}
	return e, root, nil
}

// worldAndMounts adds what depends on the tree: what the host shows, and who
// the program is.
func (r *run) worldAndMounts(e *sandbox.Entry, root *newRoot) error {
	specs, err := r.mountSpecs()
	if err != nil {
		return err
	}
	if root.sandbox {
		root.mounts = specs
	} else {
		dir, err := workingDir()
		if err != nil {
			return withHint(err, "change to another directory")
		}
		root.mounts = append(world(root.tree, dir, r.env.get("HOME")), specs...)
		if e.Dir == "" {
			e.Dir = dir
		}
	}
	setIfSet(e.Env, "PWD", e.Dir)
	return r.becomeUser(e)
}

// mountSpecs are the mounts that were asked for, when the file was made or
// now.
func (r *run) mountSpecs() ([]mount, error) {
	specs := r.config.Mounts
	var mounts []mount
	switch {
	case r.mounts != nil:
		specs = *r.mounts
	case specs == nil && r.config.Root == portable.Sandbox:
		for _, name := range sandboxMounts {
			mounts = appendIfThere(mounts, name)
		}
	}
	for _, list := range [][]string{specs, r.addMounts} {
		for _, spec := range list {
			m, err := parseMount(spec, r.expander())
			if err != nil {
				return nil, err
			}
			mounts = append(mounts, m)
		}
	}
	return mounts, nil
}

// becomeUser sets the ids of the program. Without privileges there is one id
// only, the caller's, and the program sees it as the image's user; if the image
// names none, as 0 in a sandbox and as it is in a merged root.
func (r *run) becomeUser(e *sandbox.Entry) error {
	if r.config.User == "" {
		return nil
	}
	user, err := parseUser(r.config.User)
	if err != nil {
		return err
	}
	if e.MapAll || e.Clone&unix.CLONE_NEWUSER == 0 {
		e.User = user
		return nil
	}
	e.MapUID, e.MapGID = user.UID, user.GID
	return nil
}

func (r *run) expander() expander {
	return expander{
		home: func() (string, error) {
			if home := r.env.get("HOME"); home != "" && !r.Secure {
				return home, nil
			}
			return "", errors.New("$HOME is not set")
		},
		pwd: workingDir,
	}
}

// storeDir is the store that was asked for; nil is the ladder, "" is none.
func (r *run) storeDir() (*string, error) {
	store := r.config.Store
	if r.store != nil {
		store = r.store
	}
	if store == nil {
		return nil, nil
	}
	dir, err := r.expander().expand(*store)
	if err == nil && dir != "" {
		dir, err = filepath.Abs(dir)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot use the store %s: %w", *store, err)
	}
	return &dir, nil
}

// candidates are the places for the store; dir is what storeDir returned.
func (r *run) candidates(dir *string) []portable.Candidate {
	o := portable.LadderOptions{Getenv: r.env.get, UID: os.Geteuid(), Secure: r.Secure}
	if dir != nil {
		o.Explicit, o.ExplicitWhy = *dir, "the file itself"
		if r.store != nil {
			o.ExplicitWhy = "--store or " + envStore
		}
	}
	return portable.Ladder(o)
}
