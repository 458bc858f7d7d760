//go:build linux

package oracle

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
)

var (
	// The second is what it says where its path file is empty.
	muslMissing = regexp.MustCompile(`^Error loading shared library (.*): (?:No such file or directory|No error information) \(needed by .*\)$`)
	muslSymbol  = regexp.MustCompile(`^Error relocating `)
)

// askMusl runs musl's loader as its ldd. It prints what it found on stdout as
// glibc does, and each library it did not find on stderr; any other complaint
// means that the program cannot start.
func (o *oracle) askMusl(s subject, libraryPath string) (answer, error) {
	var env []string
	if libraryPath != "" {
		env = []string{"LD_LIBRARY_PATH=" + libraryPath}
	}
	var stdout, stderr bytes.Buffer
	cmd := o.command(env, s.loader, "--list", s.file)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	failed := cmd.Run() != nil

	a, err := o.parseTrace(stdout.String())
	for line := range strings.Lines(stderr.String()) {
		line = strings.TrimSpace(line)
		if m := muslMissing.FindStringSubmatch(line); m != nil {
			a.missing = append(a.missing, m[1])
		} else if failed && !muslSymbol.MatchString(line) {
			a.refused = line
		}
	}
	slices.Sort(a.missing)
	a.missing = slices.Compact(a.missing)
	a.paths = tidy(a.paths, s.file)
	return a, err
}
