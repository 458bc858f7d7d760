package oci

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// Push sends an image to where its tag says. What the registry has already is
// not sent again; where it stumbles, it is asked again. count, which may be nil,
// is told how many more bytes of layers were sent; several goroutines call it.
// The error is a *[PushError], or why ctx has ended.
func (r *Remote) Push(ctx context.Context, tag name.Tag, im v1.Image, count func(n int)) error {
	ref, err := r.Parse(tag.Name())
	if err != nil {
		return err
	}
	options := append(r.Options(ctx), remote.WithTransport(sending{r.steady(), count}))
	if err = remote.Write(ref, im, options...); err == nil {
		return nil
	}
	if gone := context.Cause(ctx); gone != nil {
		return gone
	}
	return &PushError{Ref: tag.String(), Err: err, host: ref.Context().RegistryStr()}
}

// sending counts what is sent of blobs. The progress of the package remote
// is told on a channel that it closes, though a request that was ended may still
// be read from.
type sending struct {
	http.RoundTripper
	count func(int)
}

func (s sending) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method == http.MethodPatch && req.Body != nil {
		body := req.Body
		req = req.Clone(req.Context())
		req.Body = struct {
			io.Reader
			io.Closer
		}{counted{body, s.count}, body}
	}
	return s.RoundTripper.RoundTrip(req)
}

// PushError is an image that no registry took.
type PushError struct {
	Ref  string
	Err  error
	host string
}

func (e *PushError) Error() string { return fmt.Sprintf("cannot push %s: %v", e.Ref, e.Err) }

// Unwrap returns the cause.
func (e *PushError) Unwrap() error { return e.Err }

// Hint says what to do about it.
func (e *PushError) Hint() string {
	var plain *plainError
	var noHost *net.DNSError
	var noAnswer *net.OpError
	if !errors.As(e.Err, &plain) && (errors.As(e.Err, &noHost) || errors.As(e.Err, &noAnswer)) {
		return "see whether " + e.host + " can be reached, and is the registry that is meant"
	}
	return remoteHint(e.host, e.Err)
}
