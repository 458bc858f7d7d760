package oci

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/5bbb5df2/pack/pkg/spool"
)

// open finds the image that ref names.
func (r *Remote) open(ctx context.Context, ref, platform string) (*Image, error) {
	parsed, err := r.Parse(ref)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	im, err := r.find(ctx, parsed, platform)
	if err != nil {
		cancel()
		return nil, r.Explain(ref, err)
	}
	im.cancel = cancel
	return im, nil
}

func (r *Remote) find(ctx context.Context, ref name.Reference, platform string) (*Image, error) {
	puller, err := remote.NewPuller(r.Options(ctx)...)
	if err != nil {
		return nil, err
	}
	d, err := puller.Get(ctx, ref)
	if err != nil {
		return nil, err
	}
	var image v1.Image
	if d.MediaType.IsIndex() {
		image, err = inRegistry(ctx, puller, ref.Context()).chooseFrom(d, platform)
	} else {
		image, err = d.Image()
	}
	if err != nil {
		return nil, err
	}
	m, err := image.Manifest()
	if err != nil {
		return nil, err
	}
	if m.Config.Size > maxDocument {
		return nil, errors.New("its config is too large")
	}
	if len(m.Layers) > maxLayers { // before each is looked for among all
		return nil, tooManyLayers(len(m.Layers))
	}
	im, err := newImage(image)
	if err == nil && !d.MediaType.IsIndex() {
		err = im.fits(platform)
	}
	return im, err
}

func (l lookup) chooseFrom(d *remote.Descriptor, platform string) (v1.Image, error) {
	m, err := v1.ParseIndexManifest(bytes.NewReader(d.Manifest))
	if err != nil {
		return nil, err
	}
	return l.choose(m, platform)
}

// inRegistry looks up what an index of a repository lists.
func inRegistry(ctx context.Context, puller *remote.Puller, in name.Repository) lookup {
	get := func(d v1.Descriptor) (*remote.Descriptor, error) {
		return puller.Get(ctx, in.Digest(d.Digest.String()))
	}
	return lookup{
		index: func(d v1.Descriptor) (*v1.IndexManifest, error) {
			got, err := get(d)
			if err != nil {
				return nil, err
			}
			return v1.ParseIndexManifest(bytes.NewReader(got.Manifest))
		},
		image: func(d v1.Descriptor) (v1.Image, error) {
			got, err := get(d)
			if err != nil {
				return nil, err
			}
			if !got.MediaType.IsImage() {
				return nil, fmt.Errorf("%s is of the type %s", d.Digest, got.MediaType)
			}
			return got.Image()
		},
	}
}

// maxFetches is how many layers are fetched at once, as docker does it.
const maxFetches = 3

// fetch begins to fetch layers, in their order, into files that have no names
// in dir, and returns them. Whatever is there of one can be read already; with
// keep more than once, until release is called. That waits until ctx, by which
// the layers are fetched, is done or all of them are there.
func fetch(layers []*blob, dir string, keep bool, count func(int)) (fetched []*blob, release func()) {
	var work sync.WaitGroup
	turns := make(chan struct{}, maxFetches)
	var before chan struct{} // closed when the layer before has its turn
	var files []*arriving
	for _, b := range layers {
		f := &arriving{started: make(chan struct{}), keep: keep}
		f.wake.L = &f.mu
		after := before
		work.Go(func() {
			if after != nil {
				<-after
			}
			turns <- struct{}{}
			close(f.started)
			f.fill(b, dir, count)
			<-turns
		})
		before = f.started
		local := *b
		local.open = f.open
		fetched, files = append(fetched, &local), append(files, f)
	}
	return fetched, func() {
		work.Wait()
		for _, f := range files {
			f.close()
		}
	}
}

// arriving is a file that is read while it is written.
type arriving struct {
	started chan struct{}
	keep    bool

	mu   sync.Mutex
	wake sync.Cond
	f    *os.File
	n    int64
	err  error // io.EOF at the end
}

func (a *arriving) fill(b *blob, dir string, count func(int)) {
	err := a.copy(b, dir, count)
	if err == nil {
		err = io.EOF
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.err = err
	a.wake.Broadcast()
}

func (a *arriving) copy(b *blob, dir string, count func(int)) error {
	f, err := spool.Create(dir)
	if err != nil {
		return err
	}
	a.mu.Lock()
	a.f = f
	a.mu.Unlock()
	r, err := b.open()
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = io.CopyBuffer(onlyWriter{a}, counted{r, count}, make([]byte, 128<<10))
	return err
}

// Write appends what has come.
func (a *arriving) Write(p []byte) (int, error) {
	n, err := a.f.WriteAt(p, a.n) // n changes here only
	a.mu.Lock()
	defer a.mu.Unlock()
	a.n += int64(n)
	a.wake.Broadcast()
	return n, spool.Hinted(err)
}

type onlyWriter struct{ io.Writer }

// open reads it from the start. The file goes with the reader, unless it is
// kept.
func (a *arriving) open() (io.ReadCloser, error) { return &arrival{a: a}, nil }

type arrival struct {
	a      *arriving
	off    int64
	closed bool // by another goroutine than that which reads
}

func (r *arrival) Read(p []byte) (int, error) {
	a := r.a
	a.mu.Lock()
	for a.n == r.off && a.err == nil && !r.closed {
		a.wake.Wait()
	}
	n, err := a.n, a.err
	if r.closed {
		n, err = r.off, fs.ErrClosed
	}
	a.mu.Unlock()
	if n == r.off {
		return 0, err
	}
	got, err := a.f.ReadAt(p[:min(int64(len(p)), n-r.off)], r.off)
	r.off += int64(got)
	return got, err
}

func (r *arrival) Close() error {
	r.a.mu.Lock()
	r.closed = true
	r.a.wake.Broadcast()
	r.a.mu.Unlock()
	if r.a.keep {
		return nil
	}
	return r.a.close()
}

// close removes the file. It may be called more than once.
func (a *arriving) close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.f == nil {
		return nil
	}
	return a.f.Close()
}
