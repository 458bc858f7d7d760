package pipeline

import (
	"fmt"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
	"github.com/5bbb5df2/pack/pkg/rules"
)

// readsEvidence tells whether what is made depends on the text of the file that
// is the evidence.
func readsEvidence(what rules.Making) bool {
	switch what {
	case rules.MakeCommands, rules.MakeGuarded, rules.MakeCalls, rules.MakeNamed, rules.MakeBeside, rules.MakeOwn, rules.MakeConfigured, rules.MakeApplication:
		return true
	}
	return false
}

// make does what a rule's "make NAME" stands for: what a table cannot say.
func (r *ruler) make(in *includer, what rules.Making, by caller) error {
	if by.file == "" && readsEvidence(what) {
		return nil
	}
	switch what {
	case rules.MakeNSS:
		return r.nssModules(by.member, in.why)
	case rules.MakeCommands:
		return r.commands(in, by.file)
	case rules.MakeGuarded:
		return r.allGuarded(by.file, in.why)
	case rules.MakeCalls:
		return r.calls(by.file, in.why)
	case rules.MakeNamed:
		return r.namedFiles(in, by.file)
	case rules.MakeBeside:
		return r.beside(in, by.file)
	case rules.MakeOwn, rules.MakeConfigured:
		r.own = append(r.own, ownFiles{in, by.file})
	case rules.MakeApplication:
		r.apps = append(r.apps, ownFiles{in, by.file})
	case rules.MakePasswd:
		r.last = append(r.last, func() error { return r.literal("/etc/passwd", r.passwd(), in.why) })
	case rules.MakeGroup:
		r.last = append(r.last, func() error { return r.literal("/etc/group", r.group(), in.why) })
	case rules.MakeServices:
		r.services = true
	case rules.MakeShells:
		return r.loginShells(in)
	case rules.MakeShadow:
		r.last = append(r.last, func() error { return r.shadow(in.why) })
	case rules.MakeDpkgStatus:
		// The root's would claim packages that the bundle does not have.
		return r.literal("/var/lib/dpkg/status", "", in.why)
	default:
		return fmt.Errorf("make %s: nothing of that name is known", what)
	}
	return nil
}

// readSmall reads a configuration file of the root; empty if it cannot.
func (r *ruler) readSmall(name string) string { return rootfs.ReadSmall(r.root, name) }

// nssModules adds the modules that nsswitch.conf names and that exist:
// libnss_NAME.so.2 for each service (nsswitch.conf(5)). A missing one is
// passed over by the libc too.
func (r *ruler) nssModules(m *member, why plan.Reason) error {
	for _, name := range nssServices(r.readSmall("/etc/nsswitch.conf")) {
		if _, err := r.open(m, nil, "libnss_"+name+".so.2", why); err != nil {
			return err
		}
	}
	return nil
}

// nssServices are the services of the databases that programs ask; without a
// file, those the libc falls back to.
func nssServices(conf string) []string {
	out := []string{"files", "dns"}
	for line := range strings.Lines(conf) {
		line, _, _ = strings.Cut(line, "#")
		database, services, _ := strings.Cut(line, ":")
		switch strings.TrimSpace(database) {
		case "passwd", "group", "initgroups", "hosts", "networks", "services", "protocols":
		default:
			continue
		}
		for _, name := range strings.Fields(services) {
			if !strings.ContainsAny(name, "[]=/") && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}
