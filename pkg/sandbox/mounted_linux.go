package sandbox

import (
	"os"
	"path"
	"strings"

	"golang.org/x/sys/unix"
)

// mounted remembers what is mounted where in a new root, because on an old
// kernel a mount can be made read-only only with the flags it has. One that
// comes from a more privileged mount namespace keeps them for ever
// (mount_namespaces(7)).
type mounted struct {
	points []mountPoint
	before []mountPoint // those of the caller's root, once another is the root
}

type mountPoint struct {
	target string
	host   string // the path that is bound there, as the caller sees it, or ""
	flags  uintptr
}

// root notes that the mount at target becomes the root.
func (m *mounted) root(target string) {
	m.before = m.points
	for _, p := range m.before {
		if p.target == target {
			m.points = []mountPoint{{"/", p.host, p.flags}}
		}
	}
}

// add notes a mount. source is a path of the caller's root, where some mounts
// may have been noted before.
func (m *mounted) add(target, source string, flags uintptr) {
	outside := m.points
	if m.before != nil {
		outside = m.before
	}
	for i := len(outside) - 1; source != "" && i >= 0; i-- {
		if p := outside[i]; source == p.target || strings.HasPrefix(source, p.target+"/") {
			if p.host == "" {
				source, flags = "", p.flags // a part of a file system that we made
				break
			}
			source = path.Join(p.host, strings.TrimPrefix(source, p.target))
			break
		}
	}
	m.points = append(m.points, mountPoint{target, source, flags})
}

// at returns the mount at target and, with all, those that came with it.
func (m *mounted) at(target string, all bool) ([]mountPoint, error) {
	found := mountPoint{target: target}
	for _, p := range m.points {
		if p.target == target {
			found = p
		}
	}
	if found.host == "" {
		return []mountPoint{found}, nil
	}
	hosts := []string{found.host}
	if all {
		list, err := os.ReadFile("/proc/self/mountinfo")
		if err != nil {
			return nil, err
		}
		hosts = append(hosts, mountsBelow(string(list), found.host)...)
	}
	var points []mountPoint
	for _, host := range hosts {
		flags, err := mountFlags(host)
		if err != nil {
			return nil, err
		}
		points = append(points, mountPoint{path.Join(target, strings.TrimPrefix(host, found.host)), host, flags})
	}
	return points, nil
}

// mountFlags reads the flags of a mount. statfs(2) and mount(2) have different
// bits for the same things.
func mountFlags(name string) (uintptr, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(name, &st); err != nil {
		return 0, err
	}
	var flags uintptr
	for _, f := range []struct{ stat, mount uintptr }{
		{unix.ST_NOSUID, unix.MS_NOSUID}, {unix.ST_NODEV, unix.MS_NODEV}, {unix.ST_NOEXEC, unix.MS_NOEXEC},
		{unix.ST_NOATIME, unix.MS_NOATIME}, {unix.ST_NODIRATIME, unix.MS_NODIRATIME}, {unix.ST_RELATIME, unix.MS_RELATIME},
	} {
		if uintptr(st.Flags)&f.stat != 0 {
			flags |= f.mount
		}
	}
	return flags, nil
}

// mountsBelow picks the mount points below dir from the fifth fields of
// mountinfo, where blanks and backslashes are octal escapes
// (proc_pid_mountinfo(5)).
func mountsBelow(mountinfo, dir string) []string {
	plain := strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)
	var found []string
	for line := range strings.Lines(mountinfo) {
		fields := strings.Fields(line)
		if len(fields) < 5 {
			continue
		}
		if name := plain.Replace(fields[4]); strings.HasPrefix(name, strings.TrimSuffix(dir, "/")+"/") && name != "/" {
			found = append(found, name)
		}
	}
	return found
}
