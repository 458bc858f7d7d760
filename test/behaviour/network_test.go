package behaviour

import (
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"time"
)

// TestCurl verifies a server by the bundle's certificates, and finds it by a
// name that only /etc/hosts has.
func TestCurl(t *testing.T) {
	suite(t, true)
	url, ca := serveTLS(t)
	b := pack(t, "/usr/bin/curl")
	cmd := b.command("/usr/bin/curl", "-sS", url)
	if out, err := cmd.CombinedOutput(); err == nil {
		t.Fatalf("curl trusts anybody: %s", out)
	}
	f, err := os.OpenFile(b.path("etc/ssl/certs/ca-certificates.crt"), os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	_, err = f.Write(ca)
	must(t, err)
	must(t, f.Close())
	contains(t, b.run(t, "/usr/bin/curl", "-sS", url), "hello from TLS")
}

func TestGetent(t *testing.T) {
	suite(t, true)
	b := pack(t, "/usr/bin/getent")
	contains(t, b.run(t, "/usr/bin/getent", "hosts", "web.example"), "127.0.0.1")
	contains(t, b.run(t, "/usr/bin/getent", "passwd", "nobody"), "65534")
	contains(t, b.run(t, "/usr/bin/getent", "services", "https"), "443/tcp")
}

// serveTLS serves a greeting as web.example, and returns its address and the
// certificate that vouches for it.
func serveTLS(t *testing.T) (url string, ca []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "pack test"}, DNSNames: []string{"web.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	must(t, err)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("hello from TLS"))
	}))
	s.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	_, port, err := net.SplitHostPort(strings.TrimPrefix(s.URL, "https://"))
	must(t, err)
	return "https://web.example:" + port + "/", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
