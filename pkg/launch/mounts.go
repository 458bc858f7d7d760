package launch

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// mount is something of the host that is visible in the new root.
type mount struct {
	source   string // on the host, real: no component is a link
	target   string // in the new root, clean and absolute
	readOnly bool
	workdir  bool // source is the caller's working directory
}

// expander replaces $HOME, ${HOME}, $PWD, ${PWD} and a leading ~ by what they
// are when the program is started.
type expander struct {
	home func() (string, error)
	pwd  func() (string, error)
}

func (x expander) expand(s string) (string, error) {
	if s == "~" || strings.HasPrefix(s, "~/") {
		s = "$HOME" + s[1:]
	}
	var failed error
	s = os.Expand(s, func(name string) string {
		get := x.home
		switch name {
		case "HOME":
		case "PWD":
			get = x.pwd
		default:
			failed = errors.Join(failed, withHint(fmt.Errorf("$%s is none of $HOME and $PWD", name), "only these two and ~ are replaced by what they are at the start"))
			return ""
		}
		value, err := get()
		failed = errors.Join(failed, err)
		return value
	})
	return s, failed
}

// parseMount reads PATH, SRC:DST, ro:SRC:DST or rw:SRC:DST; PATH may follow
// ro: and rw: as well. The source must be there: nothing is ever made on the
// host.
func parseMount(spec string, x expander) (mount, error) {
	m, err := splitMount(spec, x)
	if err == nil {
		m.source, err = realPath(m.source)
	}
	if err != nil {
		err = fmt.Errorf("cannot mount %s: %w", spec, err)
		return mount{}, orHint(err, "what is mounted has to be there, for nothing is made on the host; --mounts (PACK_MOUNTS) replaces what the file asks for")
	}
	return m, nil
}

func splitMount(spec string, x expander) (mount, error) {
	var m mount
	rest, readOnly := strings.CutPrefix(spec, "ro:")
	m.readOnly = readOnly
	if !readOnly {
		rest = strings.TrimPrefix(spec, "rw:")
	}
	source, target, two := strings.Cut(rest, ":")
	if !two {
		target = source
	}
	for _, part := range []struct {
		text string
		to   *string
	}{{source, &m.source}, {target, &m.target}} {
		full, err := x.expand(part.text)
		if err != nil {
			return m, err
		}
		if !path.IsAbs(full) {
			return m, withHint(fmt.Errorf("%q is not an absolute path", full),
				"a mount is PATH, SRC:DST, ro:SRC:DST or rw:SRC:DST; $PWD is the working directory")
		}
		*part.to = path.Clean(full)
	}
	if m.target == "/" {
		return m, withHint(errors.New("the root itself cannot be replaced"), "name another target; --app-root merged has the host's files besides the program's")
	}
	return m, nil
}

// realPath follows links. Once the root has changed, absolute ones would lead
// into the new root.
func realPath(name string) (string, error) {
	real, err := filepath.EvalSymlinks(name)
	var e *fs.PathError
	if errors.As(err, &e) {
		return "", fmt.Errorf("%s: %w", e.Path, e.Err)
	}
	return real, err
}
