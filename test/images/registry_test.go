package images

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// registry is Debian's docker-registry on a port of this machine.
type registry struct {
	host string // HOST:PORT
	dir  string
}

// The user of a registry with credentials. The hash is bcrypt's of password.
const (
	user     = "somebody"
	password = "secret word"
	hash     = "$2b$05$abcdefghijklmnopqrstuu1C7yeI3ZG3Jm.nHdnKkGJg1xTYKP9Oy"
)

// startRegistry runs one until the test ends. more is added to its config,
// where {dir} is a directory of its own, as in files, which are put there.
func startRegistry(t *testing.T, more string, files map[string]string) *registry {
	t.Helper()
	r := &registry{host: freePort(t), dir: t.TempDir()}
	for name, text := range files {
		write(t, filepath.Join(r.dir, name), text)
	}
	config := fmt.Sprintf(`version: 0.1
log: {accesslog: {disabled: true}, level: error}
storage: {filesystem: {rootdirectory: {dir}/data}}
http:
  addr: %s
`, r.host) + more
	write(t, filepath.Join(r.dir, "config.yml"), strings.ReplaceAll(config, "{dir}", r.dir))
	cmd := exec.Command("docker-registry", "serve", filepath.Join(r.dir, "config.yml"))
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() { cmd.Process.Kill(); <-ended })
	for !listens(r.host) {
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("docker-registry: %v\n%s", err, &said)
		default:
		}
	}
	return r
}

func listens(host string) bool {
	c, err := net.Dial("tcp", host)
	if err == nil {
		c.Close()
	}
	return err == nil
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// basicAuth is the config of a registry that wants user and password.
const basicAuth = `auth: {htpasswd: {realm: test, path: "{dir}/htpasswd"}}
`

func withPassword(t *testing.T) *registry {
	t.Helper()
	return startRegistry(t, basicAuth, map[string]string{"htpasswd": user + ":" + hash + "\n"})
}

// withTLS is one whose certificate an authority of our own has signed, which
// is in the file ca.crt of its directory.
func withTLS(t *testing.T) *registry {
	t.Helper()
	authority, certificate, key := certificates(t)
	return startRegistry(t, "  tls: {certificate: \"{dir}/server.crt\", key: \"{dir}/server.key\"}\n",
		map[string]string{"ca.crt": authority, "server.crt": certificate, "server.key": key})
}

func certificates(t *testing.T) (authority, certificate, key string) {
	t.Helper()
	caKey, ownKey := newKey(t), newKey(t)
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	own := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "registry"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: ca.NotBefore, NotAfter: ca.NotAfter, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, caKey.Public(), caKey)
	if err != nil {
		t.Fatal(err)
	}
	ownDER, err := x509.CreateCertificate(rand.Reader, own, ca, ownKey.Public(), caKey)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalECPrivateKey(ownKey)
	if err != nil {
		t.Fatal(err)
	}
	text := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	return text("CERTIFICATE", caDER), text("CERTIFICATE", ownDER), text("EC PRIVATE KEY", keyDER)
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
