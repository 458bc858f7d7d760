package pipeline

import (
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// destination turns a path given by the user into a path of the bundle: it
// goes through the directory links the root has, which are added, so that the
// file can be reached by the path as given.
func (b *builder) destination(flag, name string) (string, error) {
	if strings.HasPrefix(path.Clean(strings.TrimLeft(name, "/")), "..") && escapes(name) {
		return "", usagef("give a path inside the bundle", "%s %s: the destination is outside the bundle", flag, name)
	}
	dir, base := path.Split(path.Clean("/" + name))
	p, _ := rootfs.Trace(b.root, dir)
	if err := b.addWay(name, p); err != nil {
		return "", err
	}
	return path.Join("/", p.Real, base), nil
}

// escapes tells whether ".." in name would lead above the root.
func escapes(name string) bool {
	depth := 0
	for _, part := range strings.Split(name, "/") {
		switch part {
		case "", ".":
		case "..":
			if depth--; depth < 0 {
				return true
			}
		default:
			depth++
		}
	}
	return false
}

// installPath is where --install-to puts the input found at name; empty means
// its own place.
func (b *builder) installPath(name string) (string, error) {
	to := b.spec.InstallTo
	if to == "" {
		return "", nil
	}
	if strings.HasSuffix(to, "/") {
		to += path.Base(name)
	}
	return b.destination("--install-to", to)
}

// mkdir adds an empty directory; where the root has that directory it looks
// the same (a sticky /tmp stays sticky).
func (b *builder) mkdir(name string) error {
	if name == "" {
		return usagef("leave it out, or name something", "--mkdir: the path is empty")
	}
	at, err := b.destination("--mkdir", strings.TrimRight(name, "/"))
	if err != nil {
		return err
	}
	why := plan.Reason{Kind: plan.Mkdir, By: name}
	if p, err := rootfs.Trace(b.root, at); err == nil {
		if fi, err := b.root.Lstat(p.Real); err == nil && fi.IsDir() {
			return b.addPath(at, why)
		}
	}
	return b.plan.Add(plan.Entry{Path: at, Mode: fs.ModeDir | 0o755, ModTime: madeTime, Why: []plan.Reason{why}})
}

// outputIn is the real path of the output in the root, empty if it is not
// there.
func outputIn(root rootfs.FS, name string) string {
	if name == "" {
		return ""
	}
	abs, err := filepath.Abs(name)
	if err != nil {
		return ""
	}
	real, err := filepath.EvalSymlinks(abs)
	if err != nil {
		dir, err := filepath.EvalSymlinks(filepath.Dir(abs))
		if err != nil {
			return "" // nor can anything be written there
		}
		real = filepath.Join(dir, filepath.Base(abs))
	}
	if rest, ok := strings.CutPrefix(real, strings.TrimSuffix(root.Name(), "/")+"/"); ok {
		return "/" + rest
	}
	return ""
}
