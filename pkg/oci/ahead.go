package oci

import (
	"encoding/hex"
	"hash"
	"io"
	"sync"
	"sync/atomic"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

const (
	chunkSize  = 256 << 10
	chunkCount = 6
)

// chunk is a piece of what an ahead has read; the last has an error, which may
// be io.EOF.
type chunk struct {
	data  [chunkSize]byte
	n     int
	err   error
	users atomic.Int32 // when none is left it is free
}

// ahead reads on while what it has read is used, and hashes it meanwhile: on
// its way from a registry to a directory a layer is hashed twice, which takes
// as long as to decompress it.
type ahead struct {
	chunks, free chan *chunk
	stopped      chan struct{}
	stop         func()
	work         sync.WaitGroup
	hash         hash.Hash // nil: nobody asks
	n            int64     // bytes read, at the end

	current *chunk
	rest    []byte // of current
	err     error
}

// newAhead starts reading r. algorithm is that of a digest; "" is none.
func newAhead(r io.Reader, algorithm string) (*ahead, error) {
	a := &ahead{chunks: make(chan *chunk, chunkCount), free: make(chan *chunk, chunkCount), stopped: make(chan struct{})}
	a.stop = sync.OnceFunc(func() { close(a.stopped) })
	hashed := make(chan *chunk, chunkCount)
	if algorithm != "" {
		var err error
		if a.hash, err = v1.Hasher(algorithm); err != nil {
			return nil, err
		}
		a.work.Go(func() {
			for c := range hashed {
				a.hash.Write(c.data[:c.n])
				a.release(c)
			}
		})
	}
	for range chunkCount {
		a.free <- new(chunk)
	}
	a.work.Go(func() {
		defer close(a.chunks)
		defer close(hashed)
		a.fill(r, hashed)
	})
	return a, nil
}

func (a *ahead) fill(r io.Reader, hashed chan<- *chunk) {
	for {
		var c *chunk
		select {
		case c = <-a.free:
		case <-a.stopped:
			return
		}
		c.n, c.err = 0, nil
		for c.n < chunkSize && c.err == nil {
			var n int
			n, c.err = r.Read(c.data[c.n:])
			c.n += n
		}
		a.n += int64(c.n)
		last := c.err != nil
		c.users.Store(1)
		if a.hash != nil {
			c.users.Store(2)
			hashed <- c
		}
		a.chunks <- c // there is always room
		if last {
			return
		}
	}
}

func (a *ahead) release(c *chunk) {
	if c.users.Add(-1) == 0 {
		a.free <- c
	}
}

// Read implements io.Reader.
func (a *ahead) Read(p []byte) (int, error) {
	for len(a.rest) == 0 {
		if a.err != nil {
			return 0, a.err
		}
		if a.current != nil {
			a.release(a.current)
		}
		c, ok := <-a.chunks
		if !ok {
			a.current, a.err = nil, io.ErrClosedPipe
			continue
		}
		a.current, a.rest, a.err = c, c.data[:c.n], c.err
	}
	n := copy(p, a.rest)
	a.rest = a.rest[n:]
	return n, nil
}

// sum is the digest of everything, in hexadecimal digits, after Read has
// returned io.EOF.
func (a *ahead) sum() string {
	a.work.Wait()
	return hex.EncodeToString(a.hash.Sum(nil))
}
