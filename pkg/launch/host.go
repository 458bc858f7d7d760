package launch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/portable"
	"github.com/5bbb5df2/pack/pkg/sandbox"
)

// hostVariant names the tree that runs on the host: its executables name their
// loader by its path in the store.
const hostVariant = "host"

// startOnHost executes the program where it is unpacked, in the host's root.
func (r *run) startOnHost(ctx context.Context) error {
	if r.ownRootOnly() {
		return withHint(errors.New("mounts and namespaces need a root of the program's own, which this file does not make"),
			"leave out --mounts, --add-mounts and --attrs (PACK_MOUNTS, PACK_ADD_MOUNTS, PACK_ATTRS)")
	}
	if r.config.User != "" {
		return withHint(fmt.Errorf("cannot become user %s on the host's file system", r.config.User), "make the file with another --app-root")
	}
	if r.Secure && len(r.config.Interps) > 0 { // ld.so(8), "Secure-execution mode"
		return withHint(errors.New("cannot run with privileges of its own on the host's file system: the program would not find its libraries"),
			"make the file with another --app-root")
	}
	store, err := r.storeDir()
	if err != nil {
		return err
	}
	if store != nil && *store == "" {
		return r.startTemporary(ctx)
	}
	tree, err := portable.Obtain(ctx, r.payload, r.candidates(store), r.hostOptions())
	if err != nil {
		return fmt.Errorf("cannot unpack: %w", err)
	}
	defer tree.Close()
	if _, err := inherit(tree); err != nil {
		return err
	}
	return r.executeIn(tree.Path())
}

func (r *run) hostOptions() portable.ObtainOptions {
	return portable.ObtainOptions{Unpack: r.unpackOptions(), Origin: origin(), Variant: hostVariant, Prepare: r.relocate, Original: r.original}
}

func (r *run) relocate(ctx context.Context, root *os.File, at string) error {
	if r.Relocate == nil {
		return nil
	}
	return r.Relocate(ctx, root, at, r.config)
}

// original says what relocate changed in the tree at path.
func (r *run) original(path string) portable.Original {
	if r.Process.Original == nil {
		return nil
	}
	return r.Process.Original(path, r.config)
}

// executeIn becomes the program in the tree that lies in dir.
func (r *run) executeIn(dir string) error {
	file, err := r.hostFile(storeTree(dir))
	if err != nil {
		return err
	}
	argv := append([]string{dir + r.argv[0]}, r.argv[1:]...)
	if !path.IsAbs(r.argv[0]) {
		argv[0] = dir + file
	}
	if w := r.config.Workdir; w != "" {
		if err := os.Chdir(w); err != nil {
			return fmt.Errorf("cannot enter the working directory: %w", err)
		}
	}
	return sandbox.Exec(dir+file, argv, r.env.program(r.config.Env))
}

// hostFile finds the program in the tree. Links are followed as if the tree
// were the root, for on the host absolute ones lead elsewhere. A name without
// a slash is looked up in the tree's usual directories.
func (r *run) hostFile(tree storeTree) (string, error) {
	names := []string{r.argv[0]}
	if !strings.Contains(r.argv[0], "/") {
		names = nil
		for dir := range strings.SplitSeq(defaultPath, ":") {
			names = append(names, dir+"/"+r.argv[0])
		}
	}
	for _, name := range names {
		real, err := followAll(tree, path.Join("/", name))
		if err != nil {
			return "", fmt.Errorf("cannot find %s in the bundle: %w", name, err)
		}
		if e, ok := tree.entry(real); ok && !e.mode.IsDir() {
			return real, nil
		}
	}
	return "", &sandbox.ExecError{Path: r.argv[0], Err: unix.ENOENT}
}

const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// followAll resolves name in the tree, the last component too.
func followAll(tree lister, name string) (string, error) {
	s := skeleton{tree: tree}
	return s.resolve(name + "/.")
}
