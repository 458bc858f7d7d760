package docker

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// traced is a program that loads a module and runs a command, which only the
// trace can tell: its arguments, and the flags of a run of it that is traced.
var (
	traced      = []string{"/usr/bin/perl", "-MPOSIX", "-e", "print 7 * POSIX::floor(6.9), qx(uname -s)"}
	tracedFlags = "-v --without all --dynamic --dynamic-arg -MPOSIX --dynamic-arg -e --dynamic-arg '" + traced[3] + "'"
)

// confined is a step that fails unless a seccomp profile is in force.
const confined = "RUN grep -q '^Seccomp:[[:space:]]*2$' /proc/self/status\n"

// TestTraceInBuild traces a program while an image is built, under the profile
// that the builder gives every RUN, and runs the image made of what it opened.
func TestTraceInBuild(t *testing.T) {
	eachBuilder(t, func(t *testing.T, b builder) {
		image := b.mustBuild(t, strings.Replace(bundling(tracedFlags), "RUN", confined+"RUN", 1)+onto("scratch"))
		if got := b.run(t, append([]string{image}, traced...)...); got != "42Linux" {
			t.Errorf("perl printed %q, want 42Linux", got)
		}
	})
}

// TestTraceInContainer traces under docker run's default profile, as root and
// as an ordinary user, and under profiles that leave one way to trace.
func TestTraceInContainer(t *testing.T) {
	const found = "/tmp/out/usr/bin/uname\n"
	ways := []struct {
		flags  []string
		engine string
	}{
		{nil, ""},
		{[]string{"--user", "1234"}, ""},
		{profile(t, refuse("ptrace", "process_vm_readv")), "notify"},
		{profile(t, noListener, refuse("process_vm_readv")), "ptrace"},
		{profile(t, refuse("seccomp")), "syscalls"},
	}
	eachBuilder(t, func(t *testing.T, b builder) {
		image := b.mustBuild(t, tool)
		for _, w := range ways {
			got := traceIn(t, b, image, w.flags, "ls "+found)
			if !strings.Contains(got, "run 1 was traced by "+w.engine) || !strings.HasSuffix(got, "status 0\n"+found) {
				t.Errorf("docker run %q: %s", w.flags, got)
			}
			t.Logf("docker run %q: %s", w.flags, got)
		}
	})
}

// TestTraceRefused is told what forbids to trace, and has written nothing.
func TestTraceRefused(t *testing.T) {
	refusing := profile(t, refuse("seccomp", "ptrace"))
	eachBuilder(t, func(t *testing.T, b builder) {
		got := traceIn(t, b, b.mustBuild(t, tool), refusing, "ls -A /tmp")
		message, after, _ := strings.Cut(got, "status 5\n")
		if !strings.Contains(message, "a seccomp profile of the container or builder forbids it") {
			t.Errorf("pack does not name the cause: %s", got)
		}
		if after != "" {
			t.Errorf("pack has left %s", after)
		}
	})
}

// tool is an image with pack in it.
const tool = "FROM " + base + "\nCOPY --from=pack /pack /usr/local/bin/pack\n"

// traceIn runs pack with docker's flags in a container of the image, and then
// a command; it returns what they print, with a line of pack's status between.
func traceIn(t *testing.T, b builder, image string, flags []string, then string) string {
	t.Helper()
	args := append([]string{"run", "--rm"}, flags...)
	script := "exec 2>&1; pack /usr/bin/perl /tmp/out " + tracedFlags + "; echo \"status $?\"; " + then
	out, err := b.command(t.Context(), append(args, image, "sh", "-c", script)...).CombinedOutput()
	if err != nil {
		t.Errorf("docker run %q: %v\n%s", args, err, out)
	}
	return string(out)
}

// noListener is a rule of a profile: no seccomp(2) with
// SECCOMP_FILTER_FLAG_NEW_LISTENER, which makes a filter's user notification.
const noListener = `{"names": ["seccomp"], "action": "SCMP_ACT_ERRNO", "args": [{"index": 1, "op": "SCMP_CMP_MASKED_EQ", "value": 8, "valueTwo": 8}]}`

// refuse is a rule of a profile that refuses system calls.
func refuse(calls ...string) string {
	return `{"names": ["` + strings.Join(calls, `", "`) + `"], "action": "SCMP_ACT_ERRNO"}`
}

// profile returns docker's flags for a seccomp profile that allows what its
// rules say nothing about.
func profile(t *testing.T, rules ...string) []string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "profile.json")
	text := `{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [` + strings.Join(rules, ", ") + `]}`
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return []string{"--security-opt", "seccomp=" + name}
}
