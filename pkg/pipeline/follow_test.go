package pipeline_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/5bbb5df2/pack/pkg/pipeline"
)

// secretly makes a root where what nobody shall get is readable for everybody.
func secretly(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range map[string]string{
		"home/me/letter": "", "home/me/.bash_history": "", "home/me/.ssh/config": "", "home/me/docs/small": "",
		"root/notes": "", "data/x": "", "var/lib/db/rows": "", "etc/machine-id": "", "etc/shadow": "",
		"usr/share/common/x": "", "large/disk": strings.Repeat("x", 65<<20),
	} {
		writeFile(t, filepath.Join(root, name), text, 0o644)
	}
	if err := os.Chmod(filepath.Join(root, "root"), 0o700); err != nil {
		t.Fatal(err)
	}
	return root
}

// TestApplicationKeepsSecrets expects of an application that comes as a whole
// neither what people keep for themselves, nor what links lead to that is not
// the application's and not small.
func TestApplicationKeepsSecrets(t *testing.T) {
	const key = "-----BEGIN OPENSSH PRIVATE KEY-----\n"
	for _, app := range []string{"/root/app", "/home/me/app", "/srv/app", "/opt/[v]/app"} {
		t.Run(app, func(t *testing.T) {
			root := secretly(t)
			bareProgram(t, root, app+"/bin/app", "/proc/self/exe")
			for name, text := range map[string]string{
				"data": "", ".hidden": "", "lib/.env": "", ".env.local": "", ".npmrc": "", ".netrc": "", ".git-credentials": "", ".zsh_history": "",
				".aws/credentials": "", ".docker/config.json": "", ".ssh/known_hosts": "", "keys.kdbx": "", "id_ed25519.pub": "", "id_ed25519": "",
				"deploy": key, "account.json": `{"private_key": "-----BEGIN PRIVATE KEY-----\n"}`,
			} {
				writeFile(t, filepath.Join(root, app, name), text, 0o644)
			}
			for i, target := range []string{"/home/me", "/root/notes", "/data", "/", "/etc", "/etc/shadow", "/etc/machine-id", "/var/lib/db", "/var/lib/db/rows", "/large", "/large/disk", "/usr/share/common", ".", "../.."} {
				if err := os.Symlink(target, filepath.Join(root, app, "link"+string(rune('a'+i)))); err != nil {
					t.Fatal(err)
				}
			}
			got := planApplication(t, root, app+"/bin/app")
			want := []string{app + "/.hidden", app + "/data", app + "/id_ed25519.pub", "/usr/share/common/x"}
			if app == "/root/app" {
				want = append(want, "/root/notes") // the user chose to pack what is there
			}
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%q, not %q", got, want)
			}
		})
	}
}

// TestHostileNames expects nothing of the machine's, of people's and of other
// programs' by what a program or a script has written out.
func TestHostileNames(t *testing.T) {
	root := secretly(t)
	bareProgram(t, root, "/opt/app/bin/app",
		"/", "/home", "/home/me", "/root", "/root/notes", "/data", "/etc/shadow", "/var/lib/db", "/home/me/.ssh/config", "/home/me/.bash_history", "/large",
		"../../..", "../../../home/me", "../../../var/lib/db", "../../../etc/machine-id", "../../../root/notes", "/../../home/me", strings.Repeat("/home/me/../", 60)+"me")
	bareProgram(t, root, "/bin/sh", "sh")
	writeFile(t, filepath.Join(root, "opt/large/bin/app"), "#!/bin/sh\nD=$(dirname \"$0\")\n"+
		"cat \"$D\"/../../../** \"$D\"/../../../home/me/* \"$D\"/../../../home/* \"$D\"/../../../var/lib/* \"$D\"/../../../etc/machine-id\n"+
		". /home/me/.bash_history\n", 0o755)
	writeFile(t, filepath.Join(root, "opt/large/data"), strings.Repeat("x", 65<<20), 0o644)
	for _, program := range []string{"/opt/app/bin/app", "/opt/large/bin/app"} {
		if got := planApplication(t, root, program); len(got) > 0 {
			t.Errorf("%s: %q", program, got)
		}
	}
}

// TestPartsAreBounded expects no more of what a large application names than one
// application may be.
func TestPartsAreBounded(t *testing.T) {
	root := t.TempDir()
	bareProgram(t, root, "/opt/app/app", "/proc/self/exe", "one", "two")
	for _, name := range []string{"one", "two"} {
		file := filepath.Join(root, "opt/app", name, "data")
		writeFile(t, file, "", 0o644)
		if err := os.Truncate(file, 300<<20); err != nil {
			t.Fatal(err)
		}
	}
	if got := planApplication(t, root, "/opt/app/app"); len(got) != 1 {
		t.Errorf("%q of 600 MiB", got)
	}
}

// TestPersonalIsSaid expects advice on what an application has that by its name
// is somebody's own, unless that was asked for.
func TestPersonalIsSaid(t *testing.T) {
	root := t.TempDir()
	bareProgram(t, root, "/srv/app/bin/app", "/proc/self/exe")
	writeFile(t, filepath.Join(root, "srv/app/.env"), "", 0o644)
	for _, includes := range [][]string{nil, {"/srv/app/.env"}} {
		r := planIn(t, root, &pipeline.Spec{Inputs: []string{"/srv/app/bin/app"}, Include: includes}, applicationTable)
		if there := r.Plan.Get("/srv/app/.env") != nil; there != (includes != nil) || len(r.Tips) != 1-len(includes) {
			t.Errorf("with %q: in the bundle: %v, advice %q", includes, there, r.Tips)
		}
	}
}

// TestRulesLeaveOutputs expects a rule to leave out the portable file that is
// written where it looks.
func TestRulesLeaveOutputs(t *testing.T) {
	program := buildPlain(t)
	dir := filepath.Dir(program)
	write(t, 0o644, dir+"/data/x", "x")
	write(t, 0o755, dir+"/data/plain.run", "the one of before")
	spec := &pipeline.Spec{Inputs: []string{program}, Portable: &pipeline.Portable{File: dir + "/data/plain.run"}}
	r := planTable(t, spec, "rule data\nwhy w\nwhen start **/plain\nadd $dir/data\n")
	if r.Plan.Get(dir+"/data/x") == nil || r.Plan.Get(dir+"/data/plain.run") != nil {
		t.Error("the output of before is in the bundle")
	}
}
