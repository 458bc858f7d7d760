package oci

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/spool"
)

// Opener opens images by name.
type Opener struct {
	// Platform, OS/ARCH[/VARIANT], chooses among several images; empty is the
	// one there is, or that for this machine.
	Platform string
	// Remote says how registries are asked; nil: they are not.
	Remote *Remote
	// Engine, if set, is asked for every image.
	Engine *Engine
	// Stdin is the archive that is named "-".
	Stdin io.Reader
	// TempDir is where archives are kept that cannot be read twice; empty is
	// the system's.
	TempDir string
}

// layoutPrefix begins the name of a directory in the OCI image layout.
const layoutPrefix = "oci:"

// Open opens an image:
//
//	oci:DIR, oci:DIR:TAG  an OCI image layout
//	FILE, -               an archive: of docker save, or of an OCI layout
//	anything else         a reference, asked of the registry it names
//
// The name of a file that exists is that file. The error is a *[RefError].
// Close is called in the end.
func (o *Opener) Open(ctx context.Context, ref string) (*Image, error) {
	im, err := o.open(ctx, ref)
	if err == nil {
		return im, nil
	}
	var own *RefError
	if gone := context.Cause(ctx); gone != nil {
		return nil, gone
	}
	if errors.As(err, &own) {
		return nil, err
	}
	return nil, &RefError{Ref: ref, Err: err, hint: "name an archive that docker save wrote, or oci:DIR"}
}

func (o *Opener) open(ctx context.Context, ref string) (*Image, error) {
	if o.Engine != nil {
		return o.fromEngine(ctx, ref)
	}
	if name, ok := strings.CutPrefix(ref, layoutPrefix); ok {
		return o.fromLayout(name)
	}
	if ref == "-" && o.Stdin != nil {
		return o.fromStream(ctx, o.Stdin)
	}
	if _, err := os.Lstat(ref); err != nil && o.Remote != nil && !isPath(ref) {
		return o.Remote.open(ctx, ref, o.Platform)
	}
	return o.fromFile(ctx, ref)
}

// isPath tells that a name is meant as that of a file, though there is none: no
// registry's begins so, and none that anybody uses ends so.
func isPath(ref string) bool {
	begins := func(prefix string) bool { return strings.HasPrefix(ref, prefix) }
	ends := func(suffix string) bool { return strings.HasSuffix(ref, suffix) }
	return begins("/") || begins(".") || slices.ContainsFunc([]string{".tar", ".tar.gz", ".tgz", ".tar.zst"}, ends)
}

// Open opens an archive or a layout, as [Opener.Open] does.
func Open(ref, platform string) (*Image, error) {
	return (&Opener{Platform: platform}).Open(context.Background(), ref)
}

func (o *Opener) fromLayout(name string) (*Image, error) {
	dir, tag := name, ""
	if i := strings.LastIndexByte(name, ':'); i > strings.LastIndexByte(name, '/') {
		if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) {
			dir, tag = name[:i], name[i+1:]
		}
	}
	s, err := openDirectory(dir)
	if err != nil {
		return nil, err
	}
	return o.fromStore(s, tag)
}

func (o *Opener) fromFile(ctx context.Context, name string) (*Image, error) {
	fi, err := os.Stat(name)
	if err != nil {
		return nil, pathCause(err)
	}
	if fi.IsDir() {
		if _, err := os.Lstat(filepath.Join(name, layoutFile)); err == nil {
			return nil, &RefError{Ref: name, Err: errors.New("it is a directory"), hint: "name it " + layoutPrefix + name}
		}
		return nil, &RefError{Ref: name, Err: errors.New("it is a directory"), hint: "if an image of that name is meant, say its tag too, as " + name + ":latest"}
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, pathCause(err)
	}
	magic := make([]byte, 4)
	n, err := f.ReadAt(magic, 0)
	if fi.Mode().IsRegular() && (err == nil || errors.Is(err, io.EOF)) && !isCompressed(magic[:n]) {
		return o.fromArchive(f)
	}
	defer f.Close()
	return o.fromStream(ctx, f)
}

// fromStream keeps an archive, which may be compressed, in a file.
func (o *Opener) fromStream(ctx context.Context, r io.Reader) (*Image, error) {
	f, err := spool.Create(o.TempDir)
	if err != nil {
		return nil, err
	}
	ended := make(chan error, 1)
	go func() { ended <- keep(f, r) }()
	select {
	case err = <-ended:
	case <-ctx.Done(): // r may have nothing for a long time
		err = context.Cause(ctx)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return o.fromArchive(f)
}

func keep(f *os.File, r io.Reader) error {
	plain, err := decompress(r)
	if err != nil {
		return err
	}
	defer plain.Close()
	_, err = io.CopyBuffer(onlyWriter{f}, plain, make([]byte, 1<<20))
	return spool.Hinted(err)
}

func (o *Opener) fromArchive(f *os.File) (*Image, error) {
	a, err := newArchive(f)
	if err != nil {
		return nil, fmt.Errorf("it is no archive of an image: %w", err)
	}
	return o.fromStore(a, "")
}

// fromStore reads a layout where there is one, else what docker save wrote
// before it wrote layouts. The store is the image's.
func (o *Opener) fromStore(s store, tag string) (im *Image, err error) {
	marker, err := s.open(layoutFile)
	if err == nil {
		marker.Close()
		im, err = layout{s}.open(tag, o.Platform)
	} else if errors.Is(err, fs.ErrNotExist) {
		if im, err = openSaved(s); err == nil {
			err = im.fits(o.Platform)
		}
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	im.close = s.Close
	return im, nil
}
