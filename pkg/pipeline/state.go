package pipeline

import (
	"path"
	"strings"

	"github.com/5bbb5df2/pack/pkg/lazyregexp"
	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
	"github.com/5bbb5df2/pack/pkg/rules"
)

// statePath is a path in the trees where programs keep what they make while
// they run: they fail where the directory is not there. A variable before it is
// most often empty.
var statePath = lazyregexp.New(`(?:^|[^\w.~/-])((?:/run|/srv|/var/(?:cache|lib|lock|log|mail|opt|run|spool|tmp|www))(?:/[\w.+@-]*[\w+])*)`)

// booted are directories that tell by being there what runs on a machine:
// sd_booted(3) asks for one of them.
var booted = lazyregexp.New(`^/run/(?:systemd|udev)(?:/|$)`)

// runtimeDir is a directory that the start of a machine, or of a service, makes
// for one program: it is there on no machine where that did not happen.
var runtimeDir = lazyregexp.New(`^(?:/var)?/run/[^/]+$`)

// addState adds the directories of paths that a text names where programs keep
// what they make: the place, or as much of it as the root has.
func (r *ruler) addState(text string, why plan.Reason) error {
	for i, m := range statePath.FindAllStringSubmatch(text, -1) {
		if i == maxNamedPaths {
			break
		}
		missing := ""
		for name := m[1]; strings.Count(name, "/") > 0 && name != "/" && name != "/var"; name = path.Dir(name) {
			_, real, err := rootfs.Resolve(r.root, name)
			if err != nil && name != m[1] && runtimeDir.MatchString(name) && !booted.MatchString(name) {
				missing = name
			}
			if err != nil || booted.MatchString(real) {
				continue
			}
			if fi, err := r.root.Lstat(real); err != nil || !fi.IsDir() {
				continue
			}
			if !r.done["state "+name] {
				r.done["state "+name] = true
				if err := r.addPath(name, why); err != nil {
					return err
				}
			}
			if missing != "" && !r.done["state "+missing] {
				r.done["state "+missing] = true
				if err := r.makeDir(missing, rules.Action{Mode: 0o755}, why); err != nil {
					return err
				}
			}
			break
		}
	}
	return nil
}
