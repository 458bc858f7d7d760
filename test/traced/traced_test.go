// Package traced bundles programs by what a traced run of them opened, and makes
// them do the same from the bundle alone.
package traced

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/5bbb5df2/pack/test/lib/bundle"
)

// eachWay runs f without the rules, which could hide what the trace missed, and
// with them, as users have them. f gives flags to pack with its own.
func eachWay(t *testing.T, f func(t *testing.T, flags ...string)) {
	bundle.Suite(t)
	t.Run("trace alone", func(t *testing.T) { f(t, "--without", "all") })
	t.Run("with rules", func(t *testing.T) { f(t) })
}

// dynamicArgs are the flags that run the input with args under observation.
func dynamicArgs(args []string) []string {
	flags := []string{"--dynamic"}
	for _, a := range args {
		flags = append(flags, "--dynamic-arg", a)
	}
	return flags
}

// TestScript has commands that no rule could find: their names are made.
func TestScript(t *testing.T) {
	eachWay(t, func(t *testing.T, flags ...string) {
		name := bundle.Script(t, filepath.Join(bundle.Open(t), "report"), `#!/bin/sh
set -e
dir=$(mktemp -d)
printf 'b 2\na 1\nc 3\n' | "so""rt" >"$dir/list"
"a""wk" '{ n += $2 } END { print "sum", n }' "$dir/list"
"s""ed" -n 's/^a/first/p' "$dir/list"
"t""ar" -C "$dir" -cz list | "g""zip" -dc | "w""c" -c
"r""m" -r "$dir"
`)
		b := bundle.Pack(t, slices.Concat([]string{name}, flags, dynamicArgs(nil))...)
		bundle.Contains(t, b.Run(t, name), "sum 6\nfirst 1\n10240\n")
	})
}

func TestVim(t *testing.T) {
	eachWay(t, func(t *testing.T, flags ...string) {
		dir := bundle.Open(t)
		work := func(dir string) []string {
			return []string{"-es", "-c", "filetype plugin indent on | syntax on | edit " + dir + "/x.py", "-c", "sort",
				"-c", `$put =&filetype . ' ' . synIDattr(synID(1, 1, 1), 'name') . ' ' . &omnifunc`, "-c", "write! " + dir + "/y.py", "-c", "qa!"}
		}
		text := []byte("x = 1\nimport os\n")
		bundle.Must(t, os.WriteFile(filepath.Join(dir, "x.py"), text, 0o644))
		b := bundle.Pack(t, slices.Concat([]string{"/usr/bin/vim"}, flags, dynamicArgs(work(dir)))...)
		b.Write(t, "tmp/x.py", text)
		b.Run(t, append([]string{"/usr/bin/vim"}, work("/tmp")...)...)
		got, err := os.ReadFile(b.Path("tmp/y.py"))
		bundle.Must(t, err)
		if want := "import os\nx = 1\npython pythonInclude python3complete#Complete\n"; string(got) != want {
			t.Errorf("vim wrote %q, want %q", got, want)
		}
	})
}

func TestNumpy(t *testing.T) {
	eachWay(t, func(t *testing.T, flags ...string) {
		args := []string{"-c", `
import numpy as np, numpy.ma, numpy.polynomial
a = np.diag([1.0, 2.0, 21.0])
print(round(np.linalg.det(a)), np.fft.fft([1, 0]).real, np.random.default_rng(1).integers(1, 2), np.polynomial.Polynomial([1, 2])(3))
`}
		b := bundle.Pack(t, slices.Concat([]string{"/usr/bin/python3"}, flags, dynamicArgs(args))...)
		bundle.Contains(t, b.Run(t, append([]string{"/usr/bin/python3"}, args...)...), "42 [1. 1.] 1 7.0")
	})
}

func TestJava(t *testing.T) {
	eachWay(t, func(t *testing.T, flags ...string) {
		dir := bundle.Open(t)
		source := filepath.Join(dir, "Fetch.java")
		bundle.Must(t, os.WriteFile(source, []byte(fetchJava), 0o644))
		if out, err := exec.Command("javac", source).CombinedOutput(); err != nil {
			t.Fatalf("javac: %v\n%s", err, out)
		}
		args := []string{"-cp", dir, "Fetch"}
		b := bundle.Pack(t, slices.Concat([]string{"/usr/bin/java"}, flags, dynamicArgs(args))...)
		bundle.Contains(t, b.Run(t, append([]string{"/usr/bin/java"}, args...)...),
			"fetched over HTTP", "sealed 17", "trusts true", "zipped 1000", "zone Europe/Berlin")
	})
}

// fetchJava uses what the Java library keeps in native libraries and data files.
const fetchJava = `
import com.sun.net.httpserver.HttpServer;
import java.net.*;
import java.net.http.*;
import java.nio.file.*;
import java.security.KeyStore;
import java.util.zip.*;
import javax.crypto.Cipher;
import javax.crypto.spec.*;
import javax.net.ssl.*;

public class Fetch {
	public static void main(String[] args) throws Exception {
		HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
		server.createContext("/", x -> {
			x.sendResponseHeaders(200, 9);
			x.getResponseBody().write("over HTTP".getBytes());
			x.close();
		});
		server.start();
		URI uri = URI.create("http://localhost:" + server.getAddress().getPort() + "/");
		System.out.println("fetched " + HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString()).body());
		server.stop(0);
		Cipher c = Cipher.getInstance("AES/GCM/NoPadding");
		c.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(new byte[16], "AES"), new GCMParameterSpec(128, new byte[12]));
		System.out.println("sealed " + c.doFinal(new byte[1]).length);
		TrustManagerFactory f = TrustManagerFactory.getInstance("PKIX");
		f.init((KeyStore) null);
		System.out.println("trusts " + (((X509TrustManager) f.getTrustManagers()[0]).getAcceptedIssuers().length > 0));
		Path zip = Files.createTempFile("x", ".zip");
		try (ZipOutputStream z = new ZipOutputStream(Files.newOutputStream(zip))) {
			z.putNextEntry(new ZipEntry("a"));
			z.write(new byte[1000]);
		}
		try (ZipFile z = new ZipFile(zip.toFile())) {
			System.out.println("zipped " + z.getEntry("a").getSize());
		}
		Files.delete(zip);
		System.out.println("zone " + java.time.ZoneId.of("Europe/Berlin"));
	}
}
`
