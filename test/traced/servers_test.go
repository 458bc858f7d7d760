package traced

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/5bbb5df2/pack/test/lib/bundle"
)

// TestNginx traces a server while a client asks it for a page.
func TestNginx(t *testing.T) {
	eachWay(t, func(t *testing.T, flags ...string) {
		dir := bundle.Open(t)
		socket := filepath.Join(dir, "socket")
		bundle.Must(t, os.WriteFile(filepath.Join(dir, "style.css"), []byte("body {}\n"), 0o644))
		bundle.Must(t, os.WriteFile(filepath.Join(dir, "nginx.conf"), []byte(nginxConf("unix:"+socket, dir, dir)), 0o644))
		b := bundle.Pack(t, slices.Concat([]string{"/usr/sbin/nginx"}, flags, dynamicArgs([]string{"-c", dir + "/nginx.conf"}),
			[]string{"--dynamic-ready", "curl -fsS --unix-socket " + socket + " http://localhost/style.css"})...)
		l, err := net.Listen("tcp4", "127.0.0.1:0")
		bundle.Must(t, err)
		defer l.Close()
		b.Nginx(t, l.(*net.TCPListener), nginxConf(l.Addr().String(), dir, "/tmp"))
		resp, err := http.Get("http://" + l.Addr().String() + "/style.css")
		bundle.Must(t, err)
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		bundle.Must(t, err)
		if string(body) != "body {}\n" || resp.Header.Get("Content-Type") != "text/css" {
			t.Errorf("nginx served %q as %q", body, resp.Header.Get("Content-Type"))
		}
	})
}

// nginxConf has nginx serve what is in root, and write below state.
func nginxConf(listen, root, state string) string {
	return fmt.Sprintf(`daemon off; pid %[3]s/pid; error_log stderr;
include /etc/nginx/modules-enabled/*.conf;
events {}
http {
	include /etc/nginx/mime.types; access_log off;
	client_body_temp_path %[3]s/1; proxy_temp_path %[3]s/2; fastcgi_temp_path %[3]s/3; uwsgi_temp_path %[3]s/4; scgi_temp_path %[3]s/5;
	server { listen %[1]s; root %[2]s; }
}`, listen, root, state)
}

// TestPostgres traces two runs for one bundle, as a user that is not root: the
// second serves the data that the first made.
func TestPostgres(t *testing.T) {
	eachWay(t, func(t *testing.T, flags ...string) {
		dirs, err := filepath.Glob("/usr/lib/postgresql/*/bin")
		if err != nil || len(dirs) == 0 {
			t.Fatal("no postgres: install the packages of test/setup.sh")
		}
		bin := slices.Max(dirs)
		dir := bundle.Open(t)
		bundle.Must(t, os.Chown(dir, bundle.Nobody, bundle.Nobody))
		const query = "set timezone = 'Europe/Berlin'; select upper('é'), to_tsvector('english', 'running'), timestamptz '2020-07-01 00:00Z'"
		b := bundle.PackAs(t, bundle.Nobody, slices.Concat([]string{bin + "/initdb", bin + "/pg_ctl", bin + "/psql"}, flags, []string{
			"--dynamic-command", "initdb -D " + dir + "/data -A trust -U me",
			"--dynamic-command", "pg_ctl -w -D " + dir + "/data -l " + dir + `/log -o "-k ` + dir + ` -c listen_addresses=''" start`,
			"--dynamic-ready", "psql -h " + dir + ` -U me -d postgres -c "` + query + `"`,
		})...)
		if _, err := os.Lstat(b.Path(dir, "data")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("what a run made and another used is in the bundle: %v", err)
		}
		b.Run(t, bin+"/initdb", "-D", "/tmp/data", "-A", "trust", "-U", "me")
		b.Run(t, bin+"/pg_ctl", "-w", "-D", "/tmp/data", "-l", "/tmp/log", "-o", `-k /tmp -c listen_addresses=''`, "start")
		defer b.Run(t, bin+"/pg_ctl", "-w", "-D", "/tmp/data", "stop", "-m", "fast")
		bundle.Contains(t, b.Run(t, bin+"/psql", "-At", "-h", "/tmp", "-U", "me", "-d", "postgres", "-c", query),
			"É|'run':1|2020-07-01 02:00:00+02")
	})
}
