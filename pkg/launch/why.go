package launch

import (
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// capset holds the capabilities that are in effect.
type capset [2]unix.CapUserData

func capabilities() capset {
	head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var c capset
	if unix.Capget(&head, &c[0]) != nil {
		return capset{}
	}
	return c
}

func (c capset) has(n int) bool { return c[n/32].Effective&(1<<(n%32)) != 0 }

// obstacles are settings that keep users from namespaces, and what to do.
var obstacles = []struct{ file, value, hint string }{
	{"/proc/sys/user/max_user_namespaces", "0",
		"user namespaces are turned off: sysctl user.max_user_namespaces=10000 allows them"},
	{"/proc/sys/kernel/unprivileged_userns_clone", "0",
		"user namespaces are for root only: sysctl kernel.unprivileged_userns_clone=1 allows them to all"},
	{"/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1",
		"AppArmor restricts user namespaces, as on Ubuntu since 23.10: an AppArmor profile with \"userns,\" for this file allows them, " +
			"or sysctl kernel.apparmor_restrict_unprivileged_userns=0"},
}

// whyNoRoot looks for what may be in the way of a root.
func whyNoRoot() string {
	var hints []string
	for _, o := range obstacles {
		if b, err := os.ReadFile(o.file); err == nil && strings.TrimSpace(string(b)) == o.value {
			hints = append(hints, o.hint)
		}
	}
	status, _ := os.ReadFile("/proc/self/status")
	if strings.Contains(string(status), "\nSeccomp:\t2\n") {
		hints = append(hints, "a seccomp filter is active, as in a container: the engine's options have to allow namespaces and mounts")
	}
	if len(hints) == 0 {
		hints = append(hints, "namespaces and mounts may be forbidden here, as in a container or a chroot")
	}
	return strings.Join(append(hints, "--pack-extract DIR unpacks the program without running it"), "\n")
}
