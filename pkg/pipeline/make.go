package pipeline

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
	"github.com/5bbb5df2/pack/pkg/rules"
)

// readsEvidence tells whether what is made depends on the text of the file that
// is the evidence.
func readsEvidence(what rules.Making) bool {
	switch what {
	case rules.MakeCommands, rules.MakeGuarded, rules.MakeCalls, rules.MakeNamed, rules.MakeBeside, rules.MakeOwn:
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
	case rules.MakeOwn:
		r.own = append(r.own, ownFiles{in, by.file})
	case rules.MakePasswd:
		r.last = append(r.last, func() error { return r.literal("/etc/passwd", r.passwd(), in.why) })
	case rules.MakeGroup:
		r.last = append(r.last, func() error { return r.literal("/etc/group", r.group(), in.why) })
	case rules.MakeDpkgStatus:
		// The root's would claim packages that the bundle does not have.
		return r.literal("/var/lib/dpkg/status", "", in.why)
	default:
		return fmt.Errorf("make %s: nothing of that name is known", what)
	}
	return nil
}

// passwd is the /etc/passwd of the bundle.
func (r *ruler) passwd() string {
	return r.accounts("/etc/passwd", []string{
		"root:x:0:0:root:/root:/bin/sh",
		"nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin",
		"nonroot:x:65532:65532:nonroot:/home/nonroot:/usr/sbin/nologin",
	}, func(e *plan.Entry) int { return e.UID })
}

// group is the /etc/group of the bundle. Of the members of a group those are
// left that have an account there.
func (r *ruler) group() string {
	known := map[string]bool{}
	for line := range strings.Lines(r.passwd()) {
		name, _, _ := strings.Cut(line, ":")
		known[name] = true
	}
	var out strings.Builder
	for line := range strings.Lines(r.accounts("/etc/group", []string{"root:x:0:", "nogroup:x:65534:", "nonroot:x:65532:"},
		func(e *plan.Entry) int { return e.GID })) {
		head, members := strings.TrimSuffix(line, "\n"), ""
		if i := strings.LastIndexByte(head, ':'); i >= 0 {
			head, members = head[:i+1], head[i+1:]
		}
		left := slices.DeleteFunc(strings.Split(members, ","), func(name string) bool { return !known[name] })
		out.WriteString(head + strings.Join(left, ",") + "\n")
	}
	return out.String()
}

// accounts reduces the root's passwd or group file to the accounts every
// container has and the owners that occur in the bundle: names of people do
// not belong into an image. Each standard line stands in for one the root
// lacks.
func (r *ruler) accounts(file string, standard []string, owner func(*plan.Entry) int) string {
	const idField = 2
	wanted := map[string]bool{}
	for e := range r.plan.Each() {
		wanted[strconv.Itoa(owner(e))] = true
	}
	var out []string
	have := map[string]bool{}
	text := r.readSmall(file)
	for _, line := range standard {
		fields := strings.Split(line, ":")
		wanted[fields[idField]] = true
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		fields := strings.Split(line, ":")
		if len(fields) > idField && wanted[fields[idField]] && !have[fields[idField]] {
			have[fields[idField]] = true
			out = append(out, hidePassword(fields))
		}
	}
	for _, line := range standard {
		if !have[strings.Split(line, ":")[idField]] {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n") + "\n"
}

// hidePassword writes an account back without the password an old file may
// hold.
func hidePassword(fields []string) string {
	fields = slices.Clone(fields)
	if fields[1] != "" && fields[1] != "*" {
		fields[1] = "x"
	}
	return strings.Join(fields, ":")
}

// readSmall reads a configuration file of the root; empty if it cannot.
func (r *ruler) readSmall(name string) string {
	_, real, err := rootfs.Resolve(r.root, name)
	if err != nil {
		return ""
	}
	f, _, err := rootfs.OpenRegular(r.root, real)
	if err != nil {
		return ""
	}
	defer f.Close()
	var b bytes.Buffer
	if _, err := io.Copy(&b, io.LimitReader(f, 1<<20)); err != nil {
		return ""
	}
	return b.String()
}

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
