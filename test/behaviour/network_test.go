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

	"github.com/5bbb5df2/pack/test/lib/bundle"
)

// TestCurl verifies a server by the certificates of the root it was packed
// from, and finds it by a name that only /etc/hosts has.
func TestCurl(t *testing.T) {
	bundle.Suite(t)
	url, ca := serveTLS(t)
	root := bundle.Pack(t, "/usr/bin/curl")
	if out, err := root.Command("/usr/bin/curl", "-sS", url).CombinedOutput(); err == nil {
		t.Fatalf("curl trusts anybody: %s", out)
	}
	f, err := os.OpenFile(root.Path("etc/ssl/certs/ca-certificates.crt"), os.O_APPEND|os.O_WRONLY, 0)
	bundle.Must(t, err)
	_, err = f.Write(ca)
	bundle.Must(t, err)
	bundle.Must(t, f.Close())
	b := bundle.Pack(t, "/usr/bin/curl", "--root", root.Path())
	bundle.Contains(t, b.Run(t, "/usr/bin/curl", "-sS", url), "hello from TLS")
}

func TestGetent(t *testing.T) {
	bundle.Suite(t)
	b := bundle.Pack(t, "/usr/bin/getent")
	bundle.Contains(t, b.Run(t, "/usr/bin/getent", "hosts", "web.example"), "127.0.0.1")
	bundle.Contains(t, b.Run(t, "/usr/bin/getent", "passwd", "nobody"), "65534")
	bundle.Contains(t, b.Run(t, "/usr/bin/getent", "services", "https"), "443/tcp")
}

// serveTLS serves a greeting as web.example, and returns its address and the
// certificate that vouches for it.
func serveTLS(t *testing.T) (url string, ca []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	bundle.Must(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "pack test"}, DNSNames: []string{"web.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	bundle.Must(t, err)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("hello from TLS"))
	}))
	s.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	_, port, err := net.SplitHostPort(strings.TrimPrefix(s.URL, "https://"))
	bundle.Must(t, err)
	return "https://web.example:" + port + "/", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
