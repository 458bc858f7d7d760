package trace

import (
	"bytes"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// compared are the commands whose files must be those that strace sees. Each
// runs in a fresh directory; the slow ones only when PACK_SUITE=all.
var compared = []struct {
	script string
	slow   bool
}{
	{script: "ls -laR /etc/apt"}, {script: "cat /etc/hostname /etc/os-release"}, {script: "id; whoami; groups"},
	{script: "date; TZ=Europe/Berlin date"}, {script: "cd /usr/share && find doc/bash base-files"}, {script: "grep -r root /etc/pam.d"},
	{script: "echo hi > a; cp a b; mv b c; ln c d; ln -s d e; cat e; rm a"}, {script: "tar cf x.tar -C /etc apt; tar tf x.tar"},
	{script: "for i in 1 2 3; do (cat /etc/passwd | sort | uniq -c | head -1) & done; wait"},
	{script: "perl -MPOSIX -MData::Dumper -e 'print Dumper([1])'"}, {script: "perl -e 'system(\"cat /etc/group\"); print `ls /`'"},
	{script: "/usr/bin/python3 -c 'import json, ssl, sqlite3, ctypes'"}, {script: "/usr/bin/python3 -c 'import subprocess; subprocess.run([\"cat\", \"/etc/hosts\"])'"},
	{script: "/usr/bin/python3 -c 'import multiprocessing as m; print(m.Pool(2).map(abs, [1,2]))'", slow: true},
	{script: "git init -q .; git -c user.name=a -c user.email=b commit -q --allow-empty -m x; git log"},
	{script: "echo 'int main(){return 0;}' > a.c; gcc a.c; ./a.out"}, {script: "g++ --version; ld --version; as --version"},
	{script: "echo 'all: ; @echo hi' > Makefile; make"}, {script: "bash -lc 'shopt; type ls'"}, {script: "dash -c 'cd /etc; . ./profile'"},
	{script: "vim -es -u NONE -c ':e /etc/fstab' -c ':q!'"}, {script: "openssl version -a; openssl list -providers"}, {script: "curl --version; curl -s file:///etc/hosts"},
	{script: "java -version", slow: true}, {script: "nginx -t -p . -e stderr", slow: true}, {script: "getent passwd; getent hosts localhost"}, {script: "ldd /bin/ls"},
	{script: "locale -a; locale"}, {script: "awk 'BEGIN{while((getline l < \"/etc/passwd\")>0) n++; print n}'"}, {script: "sed -i s/x/y/ /dev/null; sed -n 1p /etc/services"},
	{script: "file /bin/ls; xz --version; gzip -c /etc/hosts | zcat"}, {script: "ps aux; df; mount; uptime"}, {script: "dpkg -l bash; dpkg -S /bin/bash; apt-cache policy bash", slow: true},
	{script: "timeout 5 env nice nohup setsid cat /etc/issue"}, {script: "xargs -P4 -n1 cat < /dev/null; ls /etc/*.conf | xargs -P4 -n1 cat"},
}

func TestAgainstStrace(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("needs strace")
	}
	for _, c := range compared {
		t.Run(c.script, func(t *testing.T) {
			if c.slow && os.Getenv("PACK_SUITE") != "all" {
				t.Skip("PACK_SUITE is not all")
			}
			t.Parallel()
			want := straced(t, strace, c.script)
			for _, engine := range []Engine{Notify, Ptrace} {
				got := opened(t, engine, c.script)
				var missed []string
				for name := range want {
					if !got[name] {
						missed = append(missed, name)
					}
				}
				slices.Sort(missed)
				if len(missed) > 0 {
					t.Errorf("%s missed %d of %d: %q", engine, len(missed), len(want), missed)
				}
			}
		})
	}
}

var (
	straceOpened = regexp.MustCompile(`(?:open|openat|openat2|creat)\(.* = \d+<([^>]*)>`)
	straceExeced = regexp.MustCompile(`execve\("([^"]*)".* = 0`)
)

// straced is the set of files and directories opened or executed, as real
// paths that exist and are not the kernel's or the run's own.
func straced(t *testing.T, strace, script string) map[string]bool {
	dir, log := t.TempDir(), filepath.Join(t.TempDir(), "log")
	cmd := exec.Command(strace, "-f", "-y", "-s", "4096", "-e", "trace=open,openat,openat2,creat,execve", "-o", log, "sh", "-c", script)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "HOME="+dir)
	_ = cmd.Run() // how the command ends is its own business
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for line := range bytes.Lines(joinUnfinished(text)) {
		for _, re := range []*regexp.Regexp{straceOpened, straceExeced} {
			if m := re.FindSubmatch(line); m != nil {
				addReal(names, string(m[1]), dir)
			}
		}
	}
	if len(names) < 3 {
		t.Fatalf("strace saw only %q", slices.Collect(maps.Keys(names)))
	}
	return names
}

var (
	unfinished = regexp.MustCompile(`^(\d+) +(.*) <unfinished \.\.\.>\n?$`)
	resumed    = regexp.MustCompile(`^(\d+) +<\.\.\. \w+ resumed>(.*)`)
)

// joinUnfinished puts calls that strace prints in two parts together.
func joinUnfinished(log []byte) []byte {
	var out bytes.Buffer
	begun := map[string]string{}
	for line := range bytes.Lines(log) {
		if m := unfinished.FindSubmatch(line); m != nil {
			begun[string(m[1])] = string(m[2])
		} else if m := resumed.FindSubmatch(line); m != nil {
			out.WriteString(begun[string(m[1])] + string(m[2]) + "\n")
		} else {
			out.Write(line)
		}
	}
	return out.Bytes()
}

func opened(t *testing.T, engine Engine, script string) map[string]bool {
	dir := t.TempDir()
	names := map[string]bool{}
	var paths []string
	cmd := &Command{Path: "/bin/sh", Args: []string{"sh", "-c", script}, Dir: dir, Env: append(os.Environ(), "HOME="+dir, "PWD="+dir)}
	_, err := Run(t.Context(), cmd, Options{Engine: engine}, func(e Event) error {
		paths = append(paths, e.Path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range paths {
		addReal(names, p, dir)
	}
	return names
}

func addReal(names map[string]bool, name, dir string) {
	real, err := filepath.EvalSymlinks(name)
	if err != nil {
		return
	}
	if rel, ok := strings.CutPrefix(real, dir); ok {
		if strings.Contains(rel, "/.git/") {
			return // named by time and contents
		}
		names["DIR"+rel] = true
		return
	}
	for _, kernel := range []string{"/proc", "/sys", "/dev", "/tmp"} {
		if isWithin(real, kernel) {
			return
		}
	}
	names[real] = true
}
