package oci

import (
	"errors"
	"io"
	"io/fs"
	"testing"
)

// Who waits for more of a layer, as its registry does not send it, is woken when
// nobody wants it any more.
func TestArrivalClosed(t *testing.T) {
	for _, keep := range []bool{false, true} {
		from, to := io.Pipe()
		layer := &blob{open: func() (io.ReadCloser, error) { return from, nil }}
		fetched, release := fetch([]*blob{layer}, t.TempDir(), keep, nil)
		r, err := fetched[0].open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := to.Write([]byte("begin")); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(r, make([]byte, 5)); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { _, err := r.Read(make([]byte, 1)); ended <- err }()
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if err := <-ended; !errors.Is(err, fs.ErrClosed) {
			t.Errorf("got %v", err)
		}
		to.Close()
		release()
	}
}
