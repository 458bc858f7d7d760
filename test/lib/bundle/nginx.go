package bundle

import (
	"bytes"
	"net"
	"os"
	"syscall"
	"testing"
)

// Nginx starts nginx of the bundle with the configuration, which listens on
// what l does, and ends it with the test. It is handed the socket, as it does
// itself at an upgrade: who connects waits until it serves.
func (b *Bundle) Nginx(t *testing.T, l *net.TCPListener, config string) {
	t.Helper()
	socket, err := l.File()
	Must(t, err)
	b.Write(t, "tmp/nginx.conf", []byte(config))
	var log bytes.Buffer
	cmd := b.Command("/usr/sbin/nginx", "-e", "stderr", "-c", "/tmp/nginx.conf")
	cmd.Env, cmd.ExtraFiles, cmd.Stderr = append(cmd.Env, "NGINX=3;"), []*os.File{socket}, &log
	Must(t, cmd.Start())
	ended := make(chan struct{})
	go func() { // a server that ended must take the waiting with it
		defer close(ended)
		_ = cmd.Wait()
		l.Close()
		socket.Close()
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		<-ended
		t.Log(log.String())
	})
}
