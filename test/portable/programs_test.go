package portable

import (
	"strings"
	"testing"
)

const ugly = "int main( int  argc,char**argv ){if(argc){return 0;}\n  else return   1 ;}\n"

// TestClangFormat edits a file in place, from the user's own directory.
func TestClangFormat(t *testing.T) {
	const bare = "/usr/bin/clang-format"
	everywhere(t, []string{"merged", "sandbox", "host"}, []string{bare}, func(t *testing.T, p *place) {
		p.work = map[string]string{"src/x.c": ugly, ".clang-format": "BasedOnStyle: LLVM\nIndentWidth: 7\n", "src/bad.json": "{"}
		results := p.same(t, bare,
			does("-i", "@/src/x.c"),
			does("@/src/x.c"),
			step{ugly, []string{"--assume-filename=@/src/y.c"}},
			does("--dry-run", "-Werror", "@/src/bad.json"),
			does("@/src/none.c"),
			does("--style=nonsense", "@/src/x.c"),
		)
		expect(t, results[:3])
		if !strings.Contains(results[1].out, "       return 0;") {
			t.Errorf("not formatted: %v", results[1])
		}
		if results[4].status == 0 {
			t.Errorf("a missing file: %v", results[4])
		}
	})
}

// TestPython runs scripts of the user's with modules of the user's.
func TestPython(t *testing.T) {
	const bare = "/usr/bin/python3"
	everywhere(t, []string{"merged", "sandbox", "host"}, []string{bare}, func(t *testing.T, p *place) {
		p.work = map[string]string{
			"main.py":     "import sys, mine, pkg.part, json, ssl, sqlite3, ctypes, decimal\nprint(mine.answer(), pkg.part.__file__, sys.argv[1:], sys.stdin.isatty())\nprint('to stderr', file=sys.stderr)\nopen(sys.path[0] + '/made', 'w').write(json.dumps({'a': 1}))\n",
			"mine.py":     "def answer(): return 42\n",
			"fail.py":     "def f():\n    raise ValueError('é')\nf()\n",
			"die.py":      "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)\n",
			"child.py":    "import subprocess, sys\nprint(subprocess.run([sys.executable, '-S', '-c', 'import os; print(\"LD_LIBRARY_PATH\" in os.environ)'], stdout=subprocess.PIPE).stdout)\n",
			"input.py":    "import sys\nfor l in sys.stdin: print(l.upper(), end='')\n",
			"quiet.py":    "import os\nos._exit(77)\n",
			"pkg/part.py": "",
		}
		results := p.same(t, bare,
			does("-B", "@/main.py", "a b", "--help", ""),
			step{"one\ntwo\n", []string{"-B", "@/input.py"}},
			does("-B", "-c", "import sys; print(sys.argv)", "-"),
			does("-B", "@/child.py"),
			does("-B", "@/fail.py"),
			does("-B", "@/die.py"),
			does("-B", "@/quiet.py"),
		)
		expect(t, results[:4])
	})
}

// TestGit makes and clones repositories in the user's home with the user's
// settings and hooks, which takes programs that git starts.
func TestGit(t *testing.T) {
	const bare = "/usr/bin/git"
	everywhere(t, []string{"merged", "sandbox", "host"}, []string{bare}, func(t *testing.T, p *place) {
		p.work = map[string]string{
			".gitconfig": "[user]\nname = Me\nemail = me@example.org\n[alias]\nlast = log -1 --format=%h:%an:%s\n[core]\npager = cat\n[init]\ndefaultBranch = main\n[color]\nui = auto\n",
			"repo/a.txt": "one\n",
		}
		git := func(args ...string) step { return does(append([]string{"-C", "@/repo"}, args...)...) }
		results := p.same(t, bare,
			git("init", "-q"), git("add", "."), git("commit", "-m", "first"),
			git("last"), git("status"), git("grep", "-n", "one"),
			does("clone", "-q", "file://"+p.dir()+"/repo", "@/clone"),
			does("-C", "@/clone", "log", "-p", "--stat"),
			does("-C", "@/clone", "fsck", "--no-progress"),
			git("nothing"),
		)
		expect(t, results[:9])
	})
}
