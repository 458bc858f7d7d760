package behaviour

import (
	"bytes"
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
	"syscall"
	"testing"
)

func TestGit(t *testing.T) {
	suite(t, true)
	b := pack(t, "/usr/bin/git")
	git := func(args ...string) string {
		return b.run(t, append([]string{"/usr/bin/git", "-c", "user.name=N", "-c", "user.email=n@example.org"}, args...)...)
	}
	git("init", "-q", "/tmp/a")
	b.write(t, "tmp/message", []byte("Gr\xfc\xdfe\n"))
	git("-C", "/tmp/a", "-c", "i18n.commitEncoding=ISO-8859-1", "commit", "-q", "--allow-empty", "-F", "/tmp/message")
	contains(t, git("-C", "/tmp/a", "log", "-1", "--format=%s", "--encoding=UTF-8"), "Grüße")
	git("clone", "-q", "file:///tmp/a", "/tmp/b")
	contains(t, git("-C", "/tmp/b", "log", "-1", "--format=%s"), "Grüße")
	if out := git("-C", "/tmp/b", "submodule", "status"); out != "" {
		t.Errorf("git submodule, a shell script, said %q", out)
	}
}

func TestGCC(t *testing.T) {
	suite(t, false)
	b := pack(t, "/usr/bin/gcc")
	b.write(t, "tmp/hello.c", []byte("#include <math.h>\n#include <stdio.h>\n#include <pthread.h>\nint main(int c, char **v) { return printf(\"hello %.0f\\n\", sqrt(1764.0 * c)) < 0; }\n"))
	b.run(t, "/usr/bin/gcc", "-O2", "-Wall", "-o", "/tmp/hello", "/tmp/hello.c", "-lm", "-pthread")
	contains(t, b.run(t, "/tmp/hello"), "hello 42")
}

func TestGxx(t *testing.T) {
	suite(t, false)
	b := pack(t, "/usr/bin/g++")
	b.write(t, "tmp/hello.cc", []byte("#include <iostream>\n#include <regex>\nint main() { std::cout << std::regex_replace(\"hello you\", std::regex(\"y.u\"), \"42\") << std::endl; }\n"))
	b.run(t, "/usr/bin/g++", "-o", "/tmp/hello", "/tmp/hello.cc")
	contains(t, b.run(t, "/tmp/hello"), "hello 42")
}

func TestPostgres(t *testing.T) {
	suite(t, false)
	dirs, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil || len(dirs) == 0 {
		t.Fatal("no postgres: install the packages of test/setup.sh")
	}
	bin := slices.Max(dirs)
	b := pack(t, bin+"/initdb", bin+"/pg_ctl", bin+"/psql")
	b.run(t, bin+"/initdb", "-D", "/tmp/data", "-A", "trust", "-U", "me")
	b.run(t, bin+"/pg_ctl", "-w", "-D", "/tmp/data", "-l", "/tmp/log", "-o", `-k /tmp -c listen_addresses=''`, "start")
	defer b.run(t, bin+"/pg_ctl", "-w", "-D", "/tmp/data", "stop", "-m", "fast")
	out := b.run(t, bin+"/psql", "-At", "-h", "/tmp", "-U", "me", "-d", "postgres", "-c",
		`set timezone = 'Europe/Berlin'; select upper('é'), to_tsvector('english', 'running'), timestamptz '2020-07-01 00:00Z'`)
	contains(t, out, "É|'run':1|2020-07-01 02:00:00+02")
}

// TestNginx hands nginx a listening socket, as it does itself at an upgrade:
// who connects waits until it serves.
func TestNginx(t *testing.T) {
	suite(t, false)
	b := pack(t, "/usr/sbin/nginx")
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	socket, err := l.(*net.TCPListener).File()
	must(t, err)
	defer socket.Close()
	b.write(t, "tmp/www/style.css", []byte("body {}\n"))
	b.write(t, "tmp/nginx.conf", fmt.Appendf(nil, `daemon off; pid /tmp/pid; error_log stderr;
include /etc/nginx/modules-enabled/*.conf;
events {}
http {
	include /etc/nginx/mime.types; access_log off;
	client_body_temp_path /tmp/1; proxy_temp_path /tmp/2; fastcgi_temp_path /tmp/3; uwsgi_temp_path /tmp/4; scgi_temp_path /tmp/5;
	server { listen %s; root /tmp/www; }
}`, l.Addr()))
	var log bytes.Buffer
	cmd := b.command("/usr/sbin/nginx", "-e", "stderr", "-c", "/tmp/nginx.conf")
	cmd.Env, cmd.ExtraFiles, cmd.Stderr = append(cmd.Env, "NGINX=3;"), []*os.File{socket}, &log
	must(t, cmd.Start())
	ended := make(chan struct{})
	go func() { // a server that ended must take the waiting with it
		defer close(ended)
		_ = cmd.Wait()
		l.Close()
		socket.Close()
	}()
	defer func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		<-ended
		t.Log(log.String())
	}()
	resp, err := http.Get("http://" + l.Addr().String() + "/style.css")
	must(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	must(t, err)
	if string(body) != "body {}\n" || resp.Header.Get("Content-Type") != "text/css" {
		t.Errorf("nginx served %q as %q", body, resp.Header.Get("Content-Type"))
	}
}

func TestVim(t *testing.T) {
	suite(t, false)
	b := pack(t, "/usr/bin/vim")
	b.write(t, "tmp/x.c", []byte("int b;\nint a;\n"))
	b.run(t, "/usr/bin/vim", "-es", "-c", "filetype plugin on", "-c", "edit /tmp/x.c", "-c", "sort", "-c", "$put =&filetype . &omnifunc", "-c", "write! /tmp/y.c", "-c", "qa!")
	got, err := os.ReadFile(b.path("tmp/y.c"))
	must(t, err)
	if string(got) != "int a;\nint b;\ncccomplete#Complete\n" {
		t.Errorf("vim wrote %q", got)
	}
}

func TestGroff(t *testing.T) {
	suite(t, false)
	contains(t, pack(t, "/usr/bin/groff").feed(t, ".TH X 1\n.SH NAME\nx \\- a page\n", "/usr/bin/groff", "-Tutf8", "-man"), "a page")
}

func TestImageMagick(t *testing.T) {
	suite(t, false)
	b := pack(t, "/usr/bin/convert")
	in := image.NewRGBA(image.Rect(0, 0, 32, 16))
	for i := range 512 {
		in.Set(i%32, i/32, color.RGBA{200, uint8(i / 2), 30, 255})
	}
	f, err := os.Create(b.path("tmp/in.png"))
	must(t, err)
	must(t, png.Encode(f, in))
	must(t, f.Close())
	must(t, os.Chmod(b.path("tmp/in.png"), 0o644))
	b.run(t, "/usr/bin/convert", "/tmp/in.png", "/tmp/out.jpg")
	out, err := os.Open(b.path("tmp/out.jpg"))
	must(t, err)
	defer out.Close()
	got, err := jpeg.Decode(out)
	if err != nil || got.Bounds() != in.Bounds() {
		t.Errorf("the picture became %v, %v", got, err)
	}
}

func TestFFmpeg(t *testing.T) {
	suite(t, false)
	b := pack(t, "/usr/bin/ffmpeg")
	b.run(t, "/usr/bin/ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=d=0.4:s=64x64", "-c:v", "libx264", "/tmp/out.mp4")
	contains(t, b.run(t, "/usr/bin/ffmpeg", "-i", "/tmp/out.mp4", "-f", "md5", "-"), "Video: h264", "MD5=")
}
