package oci

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"strings"

	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// Explain makes of an error of the package remote about ref, which Parse has
// read, a *[RefError] that says what to do about it.
func (r *Remote) Explain(ref string, err error) error {
	host := "its registry"
	if parsed, perr := r.Parse(ref); perr == nil {
		host = parsed.Context().RegistryStr()
	}
	return &RefError{Ref: ref, Err: err, hint: remoteHint(host, err)}
}

func remoteHint(host string, err error) string {
	var (
		plain    *plainError
		unknown  *tls.CertificateVerificationError
		answer   *transport.Error
		noHost   *net.DNSError
		noAnswer *net.OpError
	)
	switch {
	case errors.As(err, &unknown):
		return "if that is " + host + ", put its authority into /etc/docker/certs.d/" + host + "/ca.crt, or add --insecure " + host
	case errors.As(err, &plain):
		return "if " + plain.host + " shall be asked without encryption, add --insecure " + plain.host
	case strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"): // net/http has no type for it
		return "if " + host + " shall be asked without encryption, add --insecure " + host
	case errors.As(err, &answer):
		return statusHint(host, answer.StatusCode)
	case errors.As(err, &noHost), errors.As(err, &noAnswer):
		return "there is no such file; if it names an image, see whether " + host + " can be reached, or ask this machine's engine by --local"
	}
	return "try again, or name an archive that docker save wrote, or oci:DIR"
}

func statusHint(host string, status int) string {
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return "see whether the name is right; if it is, docker login " + host
	case status == http.StatusNotFound:
		return "see whether name and tag are right"
	case status == http.StatusTooManyRequests:
		return "wait a while, or docker login " + host + " for a higher limit"
	}
	return "try again later; the registry is not well"
}
