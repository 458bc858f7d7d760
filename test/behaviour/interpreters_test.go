package behaviour

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/5bbb5df2/pack/test/lib/bundle"
)

// TestInterpreters runs a few lines in each language that use its library, its
// extension modules, and where it can a command.
func TestInterpreters(t *testing.T) {
	tests := []struct {
		name  string
		args  []string
		stdin string
		want  []string
	}{
		{name: "python", args: []string{"/usr/bin/python3", "-c", `
import ssl, json, ctypes, sqlite3, subprocess, lzma, decimal, hashlib, asyncio, tempfile, uuid, multiprocessing, curses
print(json.dumps({"a": 1}), ctypes.CDLL(None).getpid() > 1, sqlite3.connect(":memory:").execute("select 6*7").fetchone())
print(ssl.create_default_context().verify_mode.name, subprocess.run("echo from sh", shell=True, capture_output=True).stdout)
print("Grüße".encode("iso-8859-1"), tempfile.gettempdir())
`}, want: []string{`{"a": 1} True (42,)`, "CERT_REQUIRED", "from sh", `b'Gr\xfc\xdfe' /tmp`}},
		{name: "perl", args: []string{"/usr/bin/perl", "-Mutf8", "-MPOSIX=floor", "-MList::Util=sum", "-MDigest::SHA=sha1_hex", "-MEncode", "-MSocket", "-e",
			`use strict; use warnings; print floor(2.5), sum(1..4), " ", sha1_hex("a"), " ", "é" =~ /^\w$/, " ", length(encode("iso-8859-1", "é")), "\n"; print qx(echo from sh; echo twice)`},
			want: []string{"210 86f7e437faa5a7fce15d1ddcb9eaeaea377667b8 1 1", "from sh\ntwice"}},
		{name: "ruby", args: []string{"/usr/bin/ruby", "-rjson", "-rdigest", "-ropenssl", "-rset", "-rerb", "-e",
			`puts JSON.dump({a: Digest::SHA1.hexdigest("a")}), OpenSSL::Digest.new("SHA256").name, %x(echo from sh; echo twice), "é".encode("UTF-16LE").bytes.inspect`},
			want: []string{`{"a":"86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"}`, "SHA256", "from sh\ntwice", "[233, 0]"}},
		{name: "node", args: []string{"/usr/bin/node", "-e",
			`console.log(require("crypto").createHash("sha1").update("a").digest("hex"), new Intl.NumberFormat("de").format(1234.5), String(require("child_process").execSync("echo from sh"))); import("fs").then(m => console.log(typeof m.readFileSync))`},
			want: []string{"86f7e437faa5a7fce15d1ddcb9eaeaea377667b8 1.234,5 from sh", "function"}},
		{name: "php", args: []string{"/usr/bin/php", "-r", `echo json_encode(["a" => 1]), date("e"), extension_loaded("posix") ? " posix " : "", shell_exec("echo from sh");`},
			want: []string{`{"a":1}UTC posix from sh`}},
		{name: "lua", args: []string{"/usr/bin/lua", "-e", `print(_VERSION, ("x"):rep(3)); os.execute("echo from sh")`}, want: []string{"xxx", "from sh"}},
		{name: "tcl", args: []string{"/usr/bin/tclsh"}, stdin: "package require http\nputs [clock format 0 -gmt 1]\nputs [string length [encoding convertto iso8859-1 é]]\n",
			want: []string{"Thu Jan 01 00:00:00 GMT 1970"}},
		{name: "guile", args: []string{"/usr/bin/guile", "--no-auto-compile", "-c", `(use-modules (ice-9 regex) (srfi srfi-1)) (display (fold + 0 (list 20 22)))`}, want: []string{"42"}},
		{name: "R", args: []string{"/usr/bin/R", "--vanilla", "-s", "-e", `cat(mean(c(41, 43)), "\n"); print(round(summary(lm(dist ~ speed, cars))$r.squared, 2))`}, want: []string{"42", "0.65"}},
		{name: "Rscript", args: []string{"/usr/bin/Rscript", "--vanilla", "-e", `cat(6 * 7)`}, want: []string{"42"}},
		{name: "erlang", args: []string{"/usr/bin/erl", "-noshell", "-eval", `io:format("~p ~p~n", [lists:sum([20,22]), binary:encode_hex(<<"a">>)]), halt().`}, want: []string{`42 <<"61">>`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bundle.Suite(t)
			bundle.Contains(t, bundle.Pack(t, tt.args[0]).Feed(t, tt.stdin, tt.args...), tt.want...)
		})
	}
}

func TestJava(t *testing.T) {
	bundle.Suite(t)
	b := bundle.Pack(t, "/usr/bin/java")
	bundle.Contains(t, b.Run(t, "/usr/bin/java", "-version"), "version")
	b.Write(t, "tmp/Hello.java", []byte(`
import javax.net.ssl.*;
public class Hello {
	public static void main(String[] args) throws Exception {
		TrustManagerFactory f = TrustManagerFactory.getInstance("PKIX");
		f.init((java.security.KeyStore) null);
		System.out.println("trusts " + (((X509TrustManager) f.getTrustManagers()[0]).getAcceptedIssuers().length > 0));
		System.out.println("zone " + java.time.ZoneId.of("Europe/Berlin"));
	}
}`))
	if out, err := exec.Command("javac", b.Path("tmp/Hello.java")).CombinedOutput(); err != nil {
		t.Fatalf("javac: %v\n%s", err, out)
	}
	bundle.Contains(t, b.Run(t, "/usr/bin/java", "-cp", "/tmp", "Hello"), "trusts true", "zone Europe/Berlin")
}

func TestScriptByEnv(t *testing.T) {
	bundle.Suite(t)
	name := bundle.Script(t, filepath.Join(bundle.Open(t), "hello"), "#!/usr/bin/env python3\nimport sys, json\nprint(json.dumps(sys.argv[1:]))\n")
	bundle.Contains(t, bundle.Pack(t, name).Run(t, name, "a", "b"), `["a", "b"]`)
}

// TestShellScript has commands in all sorts of places.
func TestShellScript(t *testing.T) {
	bundle.Suite(t)
	name := bundle.Script(t, filepath.Join(bundle.Open(t), "report"), `#!/bin/sh
set -e
n=$(seq 3 | sort -r | head -n 1)
case $(uname -s) in Linux) echo "top $n of $(basename "$0")" | sed s/top/last/ ;; esac
`)
	bundle.Contains(t, bundle.Pack(t, name).Run(t, name), "last 3 of report")
}

func TestVirtualenv(t *testing.T) {
	bundle.Suite(t)
	dir := filepath.Join(bundle.Open(t), "venv")
	if out, err := exec.Command("/usr/bin/python3", "-m", "venv", "--without-pip", dir).CombinedOutput(); err != nil {
		t.Fatalf("venv: %v\n%s", err, out)
	}
	sites, err := filepath.Glob(filepath.Join(dir, "lib/python3*/site-packages"))
	if err != nil || len(sites) != 1 {
		t.Fatal(sites, err)
	}
	bundle.Must(t, os.WriteFile(filepath.Join(sites[0], "answer.py"), []byte("value = 42\n"), 0o644))
	name := bundle.Script(t, filepath.Join(dir, "bin/tool"), "#!"+dir+"/bin/python3\nimport answer, sys\nprint(answer.value, sys.prefix)\n")
	bundle.Contains(t, bundle.Pack(t, name).Run(t, name), "42 "+dir)
}

// TestNodePackage starts a package's command by a link, as npm installs it.
func TestNodePackage(t *testing.T) {
	bundle.Suite(t)
	dir := bundle.Open(t)
	app := filepath.Join(dir, "lib/app")
	for name, text := range map[string]string{"package.json": `{"name": "app"}`, "lib/own.js": "module.exports = 20", "node_modules/dep/index.js": "module.exports = 22"} {
		bundle.Must(t, os.MkdirAll(filepath.Dir(filepath.Join(app, name)), 0o755))
		bundle.Must(t, os.WriteFile(filepath.Join(app, name), []byte(text), 0o644))
	}
	bundle.Script(t, filepath.Join(app, "bin/app.js"), "#!/usr/bin/env node\nconsole.log('sum', require('dep') + require('../lib/own.js'))\n")
	name := filepath.Join(dir, "app")
	bundle.Must(t, os.Symlink("lib/app/bin/app.js", name))
	bundle.Contains(t, bundle.Pack(t, name).Run(t, name), "sum 42")
}
