package oci

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strconv"
	"time"
)

const (
	// maxWaits bounds how often one request is put off by its registry, and
	// longestWait how long each time.
	maxWaits    = 5
	longestWait = time.Minute
	// maxResumes bounds how often a body is taken up again in all, and
	// maxIdle how often with nothing more of it.
	maxResumes = 20
	maxIdle    = 3
)

// steady makes of an unsteady registry a steady one, below whatever makes
// requests: a registry that asks to be left alone for a while is, and a body
// that breaks off is taken up where it did, by a Range request (RFC 9110).
// That it is the right one, its digest tells those above.
type steady struct {
	inner http.RoundTripper
	pause func(context.Context, time.Duration) error
}

func (s *steady) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := s.patient(req)
	if err != nil {
		return nil, err
	}
	if req.Method == http.MethodGet && resp.StatusCode == http.StatusOK && resp.ContentLength > 0 {
		resp.Body = &resumed{via: s, req: req, body: resp.Body, size: resp.ContentLength}
	}
	if path.Base(path.Dir(req.URL.Path)) == "manifests" {
		resp.Body = &bounded{ReadCloser: resp.Body, left: maxDocument}
	}
	return resp, nil
}

// bounded is the body of an answer of which nobody needs more.
type bounded struct {
	io.ReadCloser
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= n; b.left < 0 {
		return 0, errors.New("its manifest is too large")
	}
	return n, err
}

// patient asks again whenever the answer says when (RFC 6585, RFC 9110 for
// Retry-After). All other failures are for those above.
func (s *steady) patient(req *http.Request) (*http.Response, error) {
	for n := 0; ; n++ {
		resp, err := s.inner.RoundTrip(req)
		if err != nil || n == maxWaits || req.Body != nil {
			return resp, err
		}
		after, ok := retryAfter(resp)
		if !ok {
			return resp, nil
		}
		resp.Body.Close()
		if err := s.pause(req.Context(), after); err != nil {
			return nil, err
		}
	}
}

func retryAfter(resp *http.Response) (time.Duration, bool) {
	if resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode != http.StatusServiceUnavailable {
		return 0, false
	}
	text := resp.Header.Get("Retry-After")
	if secs, err := strconv.ParseUint(text, 10, 31); err == nil {
		d := time.Duration(secs) * time.Second
		return d, d <= longestWait
	}
	at, err := http.ParseTime(text)
	d := max(0, time.Until(at))
	return d, err == nil && d <= longestWait
}

// resumed is the body of an answer, of which size bytes are announced.
type resumed struct {
	via  *steady
	req  *http.Request
	body io.ReadCloser
	size int64
	off  int64
	// How often it was resumed, in all and since anything came.
	resumes, idle int
}

func (r *resumed) Read(p []byte) (int, error) {
	for {
		n, err := r.body.Read(p)
		r.off += int64(n)
		if n > 0 {
			r.idle = 0
			if r.off < r.size {
				return n, nil // whatever err is comes again
			}
			return n, err
		}
		if err == nil || r.off >= r.size || r.req.Context().Err() != nil {
			return 0, err
		}
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		r.resumes++
		if r.idle++; r.idle > maxIdle || r.resumes > maxResumes {
			return 0, fmt.Errorf("it broke off after %d of %d bytes: %w", r.off, r.size, err)
		}
		if again := r.resume(); again != nil {
			return 0, errors.Join(again, err)
		}
	}
}

// resume puts in the body's place one that begins at off.
func (r *resumed) resume() error {
	r.body.Close()
	ctx := r.req.Context()
	if err := r.via.pause(ctx, 250*time.Millisecond<<(r.idle-1)); err != nil {
		return err
	}
	req := r.req.Clone(ctx)
	req.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", r.off, r.size-1))
	resp, err := r.via.patient(req)
	if err != nil {
		r.body = failed{err}
		return nil // counted as one more break
	}
	r.body = resp.Body
	switch {
	case resp.StatusCode == http.StatusOK: // it does not know ranges
		_, err = io.CopyN(io.Discard, r.body, r.off)
	case resp.StatusCode == http.StatusPartialContent && begins(resp, r.off):
	case resp.StatusCode >= http.StatusInternalServerError:
		err = errors.New(resp.Status)
	default:
		return fmt.Errorf("it broke off after %d of %d bytes, and then the answer was %s", r.off, r.size, resp.Status)
	}
	if err != nil {
		r.body.Close()
		r.body = failed{err}
	}
	return nil
}

// begins tells whether a partial answer is the part from off on.
func begins(resp *http.Response, off int64) bool {
	var first, last, size int64
	_, err := fmt.Sscanf(resp.Header.Get("Content-Range"), "bytes %d-%d/%d", &first, &last, &size)
	return err == nil && first == off
}

func (r *resumed) Close() error { return r.body.Close() }

// failed is a body that cannot be read.
type failed struct{ err error }

func (f failed) Read([]byte) (int, error) { return 0, f.err }
func (f failed) Close() error             { return nil }
