package main

import (
	"context"
	"os"
	"slices"
	"strings"
)

const (
	// maxListed bounds the files kept of a record.
	maxListed = 400
	// maxGroups bounds the bundles made to find out which files matter.
	maxGroups = 14
)

// explainDifference finds what the bundle lacks, and which groups of it
// suffice, by bundling them and running again.
func (s *survey) explainDifference(ctx context.Context, ref reference, b bundle, r *record) error {
	inBundle, err := s.traced(ctx, b.root, ref.Args)
	if err != nil {
		return err
	}
	onMachine, err := s.traced(ctx, s.host, ref.Args)
	if err != nil {
		return err
	}
	for _, l := range inBundle {
		if !l.found && lacks(b, l.path) {
			r.Missing = append(r.Missing, l.path)
		}
	}
	var needs []string
	for _, l := range onMachine {
		if l.found && lacks(b, l.path) {
			needs = append(needs, l.path)
		}
	}
	for _, name := range r.Missing {
		if !slices.Contains(needs, name) {
			needs = append(needs, name)
		}
	}
	for _, name := range slices.Clone(needs) {
		// The kernel reads this one, unseen by strace.
		if by := firstLine(name); len(by) > 0 && lacks(b, by[0]) && !slices.Contains(needs, by[0]) {
			needs = append(needs, by[0])
		}
	}
	b.remove()
	r.Mend, r.Left, err = s.mend(ctx, ref, needs)
	r.Missing = r.Missing[:min(len(r.Missing), maxListed)]
	r.Needs = needs[:min(len(needs), maxListed)]
	r.Explained = true
	return err
}

// lacks says whether the machine has name and the bundle does not. The cache
// of the machine's loader is not one that a bundle could use.
func lacks(b bundle, name string) bool {
	return !isGiven(name) && name != "/etc/ld.so.cache" && exists("/", name) && !exists(b.root, name)
}

// firstLine is the words of a script's first line behind "#!", none for what
// is no script.
func firstLine(name string) []string {
	file, err := os.Open(name)
	if err != nil {
		return nil
	}
	defer file.Close()
	head := make([]byte, 128)
	n, _ := file.Read(head)
	line, _, _ := strings.Cut(string(head[:n]), "\n")
	line, ok := strings.CutPrefix(line, "#!")
	if !ok {
		return nil
	}
	return strings.Fields(line)
}

// mend drops groups of needs, one after the other, as long as the program
// stays the same without; what is left is why it differs. None, and what
// still differs, if all together do not suffice.
func (s *survey) mend(ctx context.Context, ref reference, needs []string) (mends []string, left string, err error) {
	groups := map[string][]string{}
	var order []string
	for _, name := range needs {
		g := group(name)
		if groups[g] == nil {
			order = append(order, g)
		}
		groups[g] = append(groups[g], name)
	}
	with := func(names []string) (string, error) {
		var files []string
		for _, g := range names {
			files = append(files, groups[g]...)
		}
		return s.differenceWith(ctx, ref, files)
	}
	if left, err := with(order); left != "" || err != nil {
		return nil, left, err
	}
	// What many programs look at and few depend on goes first.
	slices.SortStableFunc(order, func(a, b string) int { return idle(a) - idle(b) })
	for i := 0; i < len(order) && len(order) > 1 && i < maxGroups; {
		fewer := slices.Delete(slices.Clone(order), i, i+1)
		left, err := with(fewer)
		if err != nil {
			return nil, "", err
		}
		if left == "" {
			order = fewer
			continue
		}
		i++
	}
	return order, "", nil
}

// differenceWith says how a run from a bundle with files differs: "" if it is
// the same.
func (s *survey) differenceWith(ctx context.Context, ref reference, files []string) (string, error) {
	var more []string
	for _, name := range files {
		if info, err := os.Stat(name); err == nil && info.IsDir() {
			more = append(more, "--mkdir", name)
		} else {
			more = append(more, "--include", quote(name))
		}
	}
	b, err := s.bundle(ctx, ref.Path, more...)
	defer b.remove()
	if err != nil || b.failure != "" {
		return b.failure, err
	}
	got, err := s.matching(ctx, ref, b)
	if err != nil || ref.matches(got) {
		return "", err
	}
	return firstDifference(ref.Result, got), nil
}

var special = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`, `{`, `\{`, `}`, `\}`)

// quote makes a glob that matches name alone.
func quote(name string) string { return special.Replace(name) }
