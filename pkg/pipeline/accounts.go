package pipeline

import (
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

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

// firstPerson is the lowest id that an account of a person has, as useradd(8)
// and its like give them.
const firstPerson = 1000

// accounts reduces the root's passwd or group file to the accounts every
// container has, the owners that occur in the bundle and, where programs ask
// for accounts by name, those of services: names of people do not belong into
// an image. Each standard line stands in for one the root lacks.
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
		if len(fields) <= idField {
			continue
		}
		id, err := strconv.Atoi(fields[idField])
		isService := err == nil && id < firstPerson && r.services
		if (wanted[fields[idField]] || isService) && !have[fields[idField]] {
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

// loginShells adds the shells that the root's passwd file has for its
// administrators: those of other accounts are for what the bundle does not have.
func (r *ruler) loginShells(in *includer) error {
	const idField, shellField = 2, 6
	for line := range strings.Lines(r.readSmall("/etc/passwd")) {
		fields := strings.Split(strings.TrimSpace(line), ":")
		if len(fields) <= shellField || fields[idField] != "0" {
			continue
		}
		if _, _, err := rootfs.Resolve(r.root, fields[shellField]); err != nil {
			continue
		}
		if err := in.optional(fields[shellField]); err != nil {
			return err
		}
	}
	return nil
}

// shadow adds an /etc/shadow that lets nobody in by a password: without an entry
// there an account is taken to have expired, even by those that ask for none.
func (r *ruler) shadow(why plan.Reason) error {
	const name = "/etc/shadow"
	var out strings.Builder
	for line := range strings.Lines(r.passwd()) {
		account, _, _ := strings.Cut(line, ":")
		out.WriteString(account + ":*:::::::\n")
	}
	at, err := r.destination("rule", name)
	if err != nil || r.plan.Get(at) != nil {
		return err
	}
	return r.plan.Add(plan.Entry{
		Path: at, Mode: fs.FileMode(0o600), ModTime: madeTime, Size: int64(out.Len()),
		From: plan.Source{Data: []byte(out.String())}, Why: []plan.Reason{why},
	})
}
