// Package behaviour bundles programs with no flag and makes them do their work
// from the bundle alone.
package behaviour

import (
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/5bbb5df2/pack/test/lib/bundle"
)

func TestGit(t *testing.T) {
	bundle.Suite(t)
	b := bundle.Pack(t, "/usr/bin/git")
	git := func(args ...string) string {
		return b.Run(t, append([]string{"/usr/bin/git", "-c", "user.name=N", "-c", "user.email=n@example.org"}, args...)...)
	}
	git("init", "-q", "/tmp/a")
	b.Write(t, "tmp/message", []byte("Gr\xfc\xdfe\n"))
	git("-C", "/tmp/a", "-c", "i18n.commitEncoding=ISO-8859-1", "commit", "-q", "--allow-empty", "-F", "/tmp/message")
	bundle.Contains(t, git("-C", "/tmp/a", "log", "-1", "--format=%s", "--encoding=UTF-8"), "Grüße")
	git("clone", "-q", "file:///tmp/a", "/tmp/b")
	bundle.Contains(t, git("-C", "/tmp/b", "log", "-1", "--format=%s"), "Grüße")
	if out := git("-C", "/tmp/b", "submodule", "status"); out != "" {
		t.Errorf("git submodule, a shell script, said %q", out)
	}
}

func TestGCC(t *testing.T) {
	bundle.Suite(t)
	b := bundle.Pack(t, "/usr/bin/gcc")
	b.Write(t, "tmp/hello.c", []byte("#include <math.h>\n#include <stdio.h>\n#include <pthread.h>\nint main(int c, char **v) { return printf(\"hello %.0f\\n\", sqrt(1764.0 * c)) < 0; }\n"))
	b.Run(t, "/usr/bin/gcc", "-O2", "-Wall", "-o", "/tmp/hello", "/tmp/hello.c", "-lm", "-pthread")
	bundle.Contains(t, b.Run(t, "/tmp/hello"), "hello 42")
}

func TestGxx(t *testing.T) {
	bundle.Suite(t)
	b := bundle.Pack(t, "/usr/bin/g++")
	b.Write(t, "tmp/hello.cc", []byte("#include <iostream>\n#include <regex>\nint main() { std::cout << std::regex_replace(\"hello you\", std::regex(\"y.u\"), \"42\") << std::endl; }\n"))
	b.Run(t, "/usr/bin/g++", "-o", "/tmp/hello", "/tmp/hello.cc")
	bundle.Contains(t, b.Run(t, "/tmp/hello"), "hello 42")
}

func TestPostgres(t *testing.T) {
	bundle.Suite(t)
	dirs, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil || len(dirs) == 0 {
		t.Fatal("no postgres: install the packages of test/setup.sh")
	}
	bin := slices.Max(dirs)
	b := bundle.Pack(t, bin+"/initdb", bin+"/pg_ctl", bin+"/psql")
	b.Run(t, bin+"/initdb", "-D", "/tmp/data", "-A", "trust", "-U", "me")
	b.Run(t, bin+"/pg_ctl", "-w", "-D", "/tmp/data", "-l", "/tmp/log", "-o", `-k /tmp -c listen_addresses=''`, "start")
	defer b.Run(t, bin+"/pg_ctl", "-w", "-D", "/tmp/data", "stop", "-m", "fast")
	out := b.Run(t, bin+"/psql", "-At", "-h", "/tmp", "-U", "me", "-d", "postgres", "-c",
		`set timezone = 'Europe/Berlin'; select upper('é'), to_tsvector('english', 'running'), timestamptz '2020-07-01 00:00Z'`)
	bundle.Contains(t, out, "É|'run':1|2020-07-01 02:00:00+02")
}

func TestNginx(t *testing.T) {
	bundle.Suite(t)
	b := bundle.Pack(t, "/usr/sbin/nginx")
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	bundle.Must(t, err)
	defer l.Close()
	b.Write(t, "tmp/www/style.css", []byte("body {}\n"))
	b.Nginx(t, l.(*net.TCPListener), fmt.Sprintf(`daemon off; pid /tmp/pid; error_log stderr;
include /etc/nginx/modules-enabled/*.conf;
events {}
http {
	include /etc/nginx/mime.types; access_log off;
	client_body_temp_path /tmp/1; proxy_temp_path /tmp/2; fastcgi_temp_path /tmp/3; uwsgi_temp_path /tmp/4; scgi_temp_path /tmp/5;
	server { listen %s; root /tmp/www; }
}`, l.Addr()))
	resp, err := http.Get("http://" + l.Addr().String() + "/style.css")
	bundle.Must(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	bundle.Must(t, err)
	if string(body) != "body {}\n" || resp.Header.Get("Content-Type") != "text/css" {
		t.Errorf("nginx served %q as %q", body, resp.Header.Get("Content-Type"))
	}
}

func TestVim(t *testing.T) {
	bundle.Suite(t)
	b := bundle.Pack(t, "/usr/bin/vim")
	b.Write(t, "tmp/x.c", []byte("int b;\nint a;\n"))
	b.Run(t, "/usr/bin/vim", "-es", "-c", "filetype plugin on", "-c", "edit /tmp/x.c", "-c", "sort", "-c", "$put =&filetype . &omnifunc", "-c", "write! /tmp/y.c", "-c", "qa!")
	got, err := os.ReadFile(b.Path("tmp/y.c"))
	bundle.Must(t, err)
	if string(got) != "int a;\nint b;\ncccomplete#Complete\n" {
		t.Errorf("vim wrote %q", got)
	}
}

func TestGroff(t *testing.T) {
	bundle.Suite(t)
	bundle.Contains(t, bundle.Pack(t, "/usr/bin/groff").Feed(t, ".TH X 1\n.SH NAME\nx \\- a page\n", "/usr/bin/groff", "-Tutf8", "-man"), "a page")
}

func TestImageMagick(t *testing.T) {
	bundle.Suite(t)
	b := bundle.Pack(t, "/usr/bin/convert")
	in := image.NewRGBA(image.Rect(0, 0, 32, 16))
	for i := range 512 {
		in.Set(i%32, i/32, color.RGBA{200, uint8(i / 2), 30, 255})
	}
	f, err := os.Create(b.Path("tmp/in.png"))
	bundle.Must(t, err)
	bundle.Must(t, png.Encode(f, in))
	bundle.Must(t, f.Close())
	bundle.Must(t, os.Chmod(b.Path("tmp/in.png"), 0o644))
	b.Run(t, "/usr/bin/convert", "/tmp/in.png", "/tmp/out.jpg")
	out, err := os.Open(b.Path("tmp/out.jpg"))
	bundle.Must(t, err)
	defer out.Close()
	got, err := jpeg.Decode(out)
	if err != nil || got.Bounds() != in.Bounds() {
		t.Errorf("the picture became %v, %v", got, err)
	}
}

func TestFFmpeg(t *testing.T) {
	bundle.Suite(t)
	b := bundle.Pack(t, "/usr/bin/ffmpeg")
	b.Run(t, "/usr/bin/ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=d=0.4:s=64x64", "-c:v", "libx264", "/tmp/out.mp4")
	bundle.Contains(t, b.Run(t, "/usr/bin/ffmpeg", "-i", "/tmp/out.mp4", "-f", "md5", "-"), "Video: h264", "MD5=")
}
