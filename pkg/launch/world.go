package launch

import (
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"
)

// hostFiles are the files of the host's /etc that a merged root shows.
var hostFiles = []string{"resolv.conf", "hosts", "localtime", "passwd", "group"}

// hostDirs are the directories that it shows besides $HOME and the working
// directory.
var hostDirs = []string{"/proc", "/sys", "/dev", "/tmp", "/var/tmp", "/run"}

// systemDirs are never shown whole because the working directory lies in
// them: the program would find the host's libraries there.
var systemDirs = []string{"bin", "sbin", "lib", "lib32", "lib64", "libx32", "libexec", "usr", "etc", "nix", "gnu"}

// world returns what a merged root shows of the host. What is not there is
// left out: the user did not ask for it by name.
func world(tree lister, workdir, home string) []mount {
	var mounts []mount
	for _, name := range hostDirs {
		mounts = appendIfThere(mounts, name)
	}
	for _, name := range hostFiles {
		mounts = appendIfThere(mounts, "/etc/"+name)
	}
	if path.IsAbs(home) && path.Clean(home) != "/" {
		mounts = appendIfThere(mounts, path.Clean(home))
	}
	return append(mounts, around(tree, workdir)...)
}

func appendIfThere(mounts []mount, name string) []mount {
	source, err := realPath(name)
	if err != nil || source == "/" {
		return mounts
	}
	return append(mounts, mount{source: source, target: name})
}

// around shows the working directory and, so that ".." and neighbours named by
// absolute paths are there too, as much around it as hides nothing of the
// tree: the whole top directory if the tree has none of that name, otherwise
// the mount it is on.
func around(tree lister, workdir string) []mount {
	if workdir == "/" {
		return nil
	}
	self := mount{source: workdir, target: workdir, workdir: true}
	if _, err := os.Stat(workdir); err != nil {
		return []mount{self} // we are in it, but the way to it is closed to us
	}
	wide := mountPoint(workdir)
	first, _, _ := strings.Cut(workdir[1:], "/")
	if _, taken := tree.entry("/" + first); !taken && !isSystemDir(first) {
		wide = "/" + first
	}
	if wide == "/" || isSystemDir(wide[1:]) {
		return []mount{self}
	}
	return []mount{{source: wide, target: wide}}
}

func isSystemDir(name string) bool { return slices.Contains(systemDirs, name) }

// mountPoint is the highest directory above dir on the same file system.
func mountPoint(dir string) string {
	var st syscall.Stat_t
	if syscall.Stat(dir, &st) != nil {
		return dir
	}
	for dir != "/" {
		var up syscall.Stat_t
		if syscall.Stat(path.Dir(dir), &up) != nil || up.Dev != st.Dev {
			return dir
		}
		dir = path.Dir(dir)
	}
	return dir
}

// workingDir is the real path of the caller's working directory.
func workingDir() (string, error) {
	dir, err := syscall.Getwd()
	if err == syscall.ENOENT || err == nil && !path.IsAbs(dir) { // "(unreachable)/…": getcwd(2)
		err = errors.New("it was removed, or lies outside of our root")
	}
	if err != nil {
		return "", fmt.Errorf("cannot find the working directory: %w", err)
	}
	return dir, nil
}
