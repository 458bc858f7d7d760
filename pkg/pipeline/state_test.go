package pipeline_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/5bbb5df2/pack/pkg/pipeline"
)

// serviceRoot makes a root with a static program, usr/sbin/toold, that has
// strings compiled in.
func serviceRoot(t *testing.T, files map[string]string, compiled ...string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		writeFile(t, filepath.Join(root, name), text, 0o644)
	}
	source := filepath.Join(t.TempDir(), "main.c")
	writeFile(t, source, `const char *volatile s[] = {"`+strings.Join(compiled, `", "`)+`"};
int main(void) { return !s[0]; }
`, 0o644)
	if err := os.MkdirAll(filepath.Join(root, "usr/sbin"), 0o755); err != nil {
		t.Fatal(err)
	}
	gcc(t, root, "-static", "-o", "usr/sbin/toold", source)
	return root
}

func planService(t *testing.T, root, table string, include ...string) *pipeline.Result {
	t.Helper()
	return planIn(t, root, &pipeline.Spec{Cwd: "/", Inputs: []string{"/usr/sbin/toold"}, Include: include}, table)
}

const serviceTable = `
rule own
  why  w
  when start **
  make own
rule configuration
  why  w
  when path /etc/**
  make configured
`

// TestStateDirectories expects the directories where a program and its
// configuration have written out that files are made, as far as the root has
// them, the program's own one of /run even if nobody has made it, and nothing
// that tells of a running machine.
func TestStateDirectories(t *testing.T) {
	root := serviceRoot(t, map[string]string{
		"run/systemd/system/x":   "",
		"run/known/socket":       "",
		"var/log/apt/history":    "",
		"var/spool/tool/job":     "",
		"srv/ftp/file":           "",
		"etc/tool/toold.conf":    "root /srv/ftp/pub\n# log /var/cache/commented\n",
		"var/cache/commented/it": "",
	}, "/run/toold/pid", "//run/joined/pid", "/run/known/%s.pid", "/var/log/toold.log", "/var/spool/tool", "/run/systemd/notify", "/run/plain.pid", "/var/missing/x", "/etc/tool")
	r := planService(t, root, serviceTable)
	for name, want := range map[string]bool{
		"/run/toold": true, "/run/joined": true, "/run/known": true, "/var/log": true, "/var/spool/tool": true, "/srv/ftp": true,
		"/run/systemd": false, "/run/known/socket": false, "/var/log/apt": false, "/var/spool/tool/job": false, "/srv/ftp/file": false,
		"/run/plain.pid": false, "/var/missing": false, "/var/cache": false,
	} {
		if e := r.Plan.Get(name); (e != nil) != want || e != nil && !e.Mode.IsDir() {
			t.Errorf("%s in the bundle: %v", name, e != nil)
		}
	}
}

// TestConfigurationNamesFiles expects what the configuration of a program names:
// data of other packages, what is in its own directory, and scripts only if the
// program is sure to read the file.
func TestConfigurationNamesFiles(t *testing.T) {
	root := serviceRoot(t, map[string]string{
		"etc/tool/toold.conf":       "include /usr/share/dns/hints\nrun /usr/share/tool-x/main.sh\n; file /usr/share/dns/commented\n// file /usr/share/dns/commented\n",
		"etc/tool/d/other":          "file /usr/lib/other/data\nrun /usr/share/other/script.sh\nread /etc/other.conf\n",
		"etc/other.conf":            "o",
		"usr/share/dns/hints":       "h",
		"usr/share/dns/commented":   "c",
		"usr/share/tool-x/main.sh":  "#!/bin/sh\n",
		"usr/share/other/script.sh": "#!/bin/sh\n",
		"usr/lib/other/data":        "d",
	}, "/etc/tool")
	want := []string{"/etc/tool/d/other", "/etc/tool/toold.conf", "/usr/lib/other/data", "/usr/sbin/toold", "/usr/share/dns/hints", "/usr/share/tool-x/main.sh"}
	if files := regularFiles(planService(t, root, serviceTable)); !slices.Equal(files, want) {
		t.Errorf("%q, not %q", files, want)
	}
}

// TestSecretConfiguration expects a program's directory of configuration without
// the file in it that is secret, and advice about that one until it is asked for.
func TestSecretConfiguration(t *testing.T) {
	root := serviceRoot(t, map[string]string{"etc/tool/open": "o", "etc/tool/closed": "c", "etc/tool/host.key": "k"}, "/etc/tool")
	for _, name := range []string{"closed", "host.key"} {
		if err := os.Chmod(filepath.Join(root, "etc/tool", name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := planService(t, root, serviceTable)
	if files := regularFiles(r); !slices.Equal(files, []string{"/etc/tool/open", "/usr/sbin/toold"}) {
		t.Errorf("files %q", files)
	}
	if len(r.Tips) != 1 || !strings.Contains(r.Tips[0], "--include /etc/tool/closed") {
		t.Errorf("tips %q", r.Tips)
	}
	if r = planService(t, root, serviceTable, "/etc/tool/closed"); len(r.Tips) != 0 || r.Plan.Get("/etc/tool/closed") == nil {
		t.Errorf("included, and tips %q", r.Tips)
	}
}

// TestServiceAccounts expects the accounts of services where programs ask for
// accounts by name, a shadow file without a password, and the administrator's
// shell.
func TestServiceAccounts(t *testing.T) {
	const table = "rule accounts\nwhy w\nwhen start **\nmake passwd group shadow shells\n"
	root := serviceRoot(t, map[string]string{
		"etc/passwd": "root:x:0:0:root:/root:/usr/bin/zsh\ntool:secret:105:110::/run/tool:/bin/false\nalice:x:1000:1000::/home/alice:/bin/fish\n",
		"etc/group":  "root:x:0:\nadm:x:4:alice,tool\nalice:x:1000:\n",
		"etc/shadow": "root:secret:19000::::::\n",
		"bin/fish":   "f", "usr/bin/zsh": "z",
	}, "x")
	for services, want := range map[string][3]string{
		"": {
			"root:x:0:0:root:/root:/usr/bin/zsh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/usr/sbin/nologin\n",
			"root:x:0:\nnogroup:x:65534:\nnonroot:x:65532:\n",
			"root:*:::::::\nnobody:*:::::::\nnonroot:*:::::::\n",
		},
		" services": {
			"root:x:0:0:root:/root:/usr/bin/zsh\ntool:x:105:110::/run/tool:/bin/false\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/usr/sbin/nologin\n",
			"root:x:0:\nadm:x:4:tool\nnogroup:x:65534:\nnonroot:x:65532:\n",
			"root:*:::::::\ntool:*:::::::\nnobody:*:::::::\nnonroot:*:::::::\n",
		},
	} {
		r := planService(t, root, strings.TrimSuffix(table, "\n")+services+"\n")
		for i, name := range []string{"/etc/passwd", "/etc/group", "/etc/shadow"} {
			if e := r.Plan.Get(name); e == nil || string(e.From.Data) != want[i] {
				t.Errorf("services %q: %s is %+v, not %q", services, name, e, want[i])
			}
		}
		if e := r.Plan.Get("/etc/shadow"); e.Mode.Perm() != 0o600 {
			t.Errorf("shadow has mode %o", e.Mode)
		}
		if r.Plan.Get("/usr/bin/zsh") == nil || r.Plan.Get("/bin/fish") != nil {
			t.Error("not the shell of root alone")
		}
	}
}
