package oci

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// Remote says how registries are asked. The zero value asks them as nobody in
// particular, by HTTPS and with the system's certificate authorities. It may
// be used by several goroutines, and must not be copied after its first use.
type Remote struct {
	// Keychain has the credentials; nil is none.
	Keychain authn.Keychain
	// Insecure names the registries, HOST or HOST:PORT, that may also be asked
	// by plain HTTP, or show a certificate of nobody known. HOST is every port
	// of it. A registry on a loopback address, and what it sends the client on
	// to there, may be asked by plain HTTP without that, as docker does.
	Insecure []string
	// CertsDir has, in HOST:PORT/*.crt, further certificate authorities of one
	// registry each, as docker keeps them in /etc/docker/certs.d
	// (https://docs.docker.com/engine/security/certificates). Empty is none.
	CertsDir string
	// Proxy chooses the proxy of a request, as that of http.Transport does; nil
	// is none.
	Proxy func(*http.Request) (*url.URL, error)
	// UserAgent is what registries are told of the program that asks.
	UserAgent string

	pause func(context.Context, time.Duration) error // nil waits; tests do not

	mu       sync.Mutex
	hosts    map[string]*http.Transport
	loopback bool // a reference names a registry there
}

// Parse reads a reference, [HOST[:PORT]/]PATH[:TAG][@DIGEST], by docker's
// rules. The error is a *[RefError].
func (r *Remote) Parse(ref string) (name.Reference, error) {
	var options []name.Option
	host, _, ok := strings.Cut(ref, "/")
	if ok && (r.isInsecure(host) || isLoopback(host)) {
		options = append(options, name.Insecure)
	}
	parsed, err := name.ParseReference(ref, options...)
	if err != nil {
		return nil, &RefError{Ref: ref, Err: fmt.Errorf("it is no name of an image: %w", err), hint: "an image is named [HOST[:PORT]/]NAME[:TAG], in lower case"}
	}
	if isLoopback(parsed.Context().RegistryStr()) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.loopback = true
	}
	return parsed, nil
}

// Options are what functions of the package remote are to be called with for
// any reference that Parse has read.
func (r *Remote) Options(ctx context.Context) []remote.Option {
	options := []remote.Option{
		remote.WithContext(ctx),
		remote.WithTransport(r.steady()),
		remote.WithUserAgent(r.UserAgent),
	}
	if r.Keychain != nil {
		options = append(options, remote.WithAuthFromKeychain(r.Keychain))
	}
	if r.pause != nil {
		options = append(options, remote.WithRetryBackoff(remote.Backoff{Duration: time.Millisecond, Factor: 1, Steps: 3}))
	}
	return options
}

func (r *Remote) steady() *steady { return &steady{inner: r, pause: r.wait} }

func (r *Remote) wait(ctx context.Context, d time.Duration) error {
	if r.pause != nil {
		return r.pause(ctx, d)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// isInsecure tells whether Insecure names host, which may have a port.
func (r *Remote) isInsecure(host string) bool {
	return slices.Contains(r.Insecure, host) || slices.Contains(r.Insecure, withoutPort(host))
}

// mayBePlain tells whether host may be asked by plain HTTP. No registry of the
// network may have a client ask what listens on its own machine.
func (r *Remote) mayBePlain(host string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.isInsecure(host) || r.loopback && isLoopback(host)
}

// isLoopback tells whether host, which may have a port, is this machine
// (RFC 6761 for names).
func isLoopback(host string) bool {
	bare := withoutPort(host)
	return bare == "localhost" || strings.HasSuffix(bare, ".localhost") || net.ParseIP(bare).IsLoopback()
}

func withoutPort(host string) string {
	if bare, _, err := net.SplitHostPort(host); err == nil {
		return bare
	}
	return strings.Trim(host, "[]")
}

// RoundTrip implements [http.RoundTripper]. Wherever a registry sends the
// client on, plain HTTP is spoken to nobody else than Insecure says.
func (r *Remote) RoundTrip(req *http.Request) (*http.Response, error) {
	if redirects(req) > maxRedirects {
		return nil, errors.New("too many redirects")
	}
	host := req.URL.Host
	if req.URL.Scheme != "https" && !r.mayBePlain(host) {
		return nil, &plainError{host}
	}
	t, err := r.transport(host)
	if err != nil {
		return nil, err
	}
	return t.RoundTrip(req)
}

// maxRedirects is how often a registry may send the client on for one request,
// as often as Go's own client lets it. That of go-containerregistry does not
// count.
const maxRedirects = 10

func redirects(req *http.Request) (n int) {
	for req.Response != nil && req.Response.Request != nil {
		req = req.Response.Request
		n++
	}
	return n
}

// plainError is a request that would have gone over the wire in the open.
type plainError struct{ host string }

func (e *plainError) Error() string { return e.host + " would be asked by plain HTTP" }

// transport is the one that connections to host are made by.
func (r *Remote) transport(host string) (*http.Transport, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if t := r.hosts[host]; t != nil {
		return t, nil
	}
	config, err := r.tls(host)
	if err != nil {
		return nil, err
	}
	t := &http.Transport{
		Proxy:               r.Proxy,
		DialContext:         (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:     config,
		TLSHandshakeTimeout: 20 * time.Second,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: 8,
		IdleConnTimeout:     90 * time.Second,
		// The digests are those of what is stored, whatever the wire does.
		DisableCompression: true,
	}
	if r.hosts == nil {
		r.hosts = map[string]*http.Transport{}
	}
	r.hosts[host] = t
	return t, nil
}

func (r *Remote) tls(host string) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: r.isInsecure(host)}
	names, err := filepath.Glob(filepath.Join(r.CertsDir, host, "*.crt"))
	if r.CertsDir == "" || strings.ContainsAny(host, `/\*?[`) || err != nil || len(names) == 0 {
		return config, nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	for _, name := range names {
		pem, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("cannot read a certificate authority: %w", err)
		}
		if !pool.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("cannot read a certificate authority: %s has no certificate", name)
		}
	}
	config.RootCAs = pool
	return config, nil
}
