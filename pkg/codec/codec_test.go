package codec

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"testing"
)

const window = 1 << 20

// samples are units of every sort a tree is cut into.
func samples(t testing.TB) map[string][]byte {
	t.Helper()
	exe, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	random := make([]byte, 300_000)
	r := rand.NewChaCha8([32]byte{})
	r.Read(random)
	return map[string][]byte{
		"empty":    {},
		"one byte": {7},
		"zeros":    make([]byte, window),
		"random":   random,
		"program":  exe[:window],
		"text":     bytes.Repeat([]byte("cannot read the file: it is damaged\n"), 9000),
	}
}

func TestRoundTrip(t *testing.T) {
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) {
			c, err := Find(name)
			if err != nil {
				t.Fatal(err)
			}
			pack, err := c.Compressor(window)
			if err != nil {
				t.Fatal(err)
			}
			unpack, err := c.Decompressor(window)
			if err != nil {
				t.Fatal(err)
			}
			for what, src := range samples(t) {
				checkUnit(t, what, src, pack, unpack)
			}
		})
	}
}

func checkUnit(t *testing.T, what string, src []byte, pack func(dst, src []byte) ([]byte, error), unpack func(dst, src []byte) error) {
	t.Helper()
	prefix := []byte("before")
	out, err := pack(bytes.Clone(prefix), src)
	if err != nil || !bytes.HasPrefix(out, prefix) {
		t.Fatalf("%s: %v, appended to what was there: %v", what, err, bytes.HasPrefix(out, prefix))
	}
	packed := out[len(prefix):]
	if again, err := pack(nil, src); err != nil || !bytes.Equal(again, packed) {
		t.Errorf("%s: other bytes the second time, %v", what, err)
	}
	if limit := len(src) + len(src)/8 + 1024; len(packed) > limit {
		t.Errorf("%s: %d bytes of %d, more than a frame may have", what, len(packed), len(src))
	}
	dst := make([]byte, len(src), len(src)+64)
	if err := unpack(dst, packed); err != nil || !bytes.Equal(dst, src) {
		t.Errorf("%s: does not come back: %v", what, err)
	}
	if unpack(make([]byte, len(src)+1), packed) == nil {
		t.Errorf("%s: shorter than asked for is no error", what)
	}
	if len(src) > 0 && unpack(make([]byte, len(src)-1, len(src)+64), packed) == nil {
		t.Errorf("%s: longer than asked for is no error", what)
	}
	if len(packed) > 0 && len(src) > 0 && unpack(dst, packed[:len(packed)/2]) == nil {
		t.Errorf("%s: half of it is no error", what)
	}
}

func TestUnknown(t *testing.T) {
	_, err := Find("rar")
	var unknown *UnknownError
	if !errors.As(err, &unknown) || unknown.Hint() != "one of zst, gz, bz2, xz, lz4, br, sz" {
		t.Errorf("got %v", err)
	}
}

// TestBomb: a unit that claims, or is, far more than the window.
func TestBomb(t *testing.T) {
	for _, c := range all() {
		pack, err := c.Compressor(4 << 20)
		if err != nil {
			t.Fatal(err)
		}
		bomb, err := pack(nil, make([]byte, 4<<20))
		if err != nil {
			t.Fatal(err)
		}
		unpack, err := c.Decompressor(window)
		if err != nil {
			t.Fatal(err)
		}
		if unpack(make([]byte, window), bomb) == nil {
			t.Errorf("%s: 4 MiB fit into 1 MiB", c.Name)
		}
	}
}

// TestXzDictionary: the header of a block asks for a dictionary of 1.5 GiB.
func TestXzDictionary(t *testing.T) {
	c, err := Find("xz")
	if err != nil {
		t.Fatal(err)
	}
	pack, err := c.Compressor(window)
	if err != nil {
		t.Fatal(err)
	}
	src := []byte("text")
	packed, err := pack(nil, src)
	if err != nil {
		t.Fatal(err)
	}
	packed[16] = 37 // the size in section 5.3.1 of the xz file format
	unpack, err := c.Decompressor(window)
	if err != nil {
		t.Fatal(err)
	}
	if err := unpack(make([]byte, len(src)), packed); err == nil || err.Error() != "an xz dictionary larger than its content" {
		t.Errorf("got %v", err)
	}
}

// FuzzDecompress: no bytes make a decompressor panic or write past its unit.
func FuzzDecompress(f *testing.F) {
	for i, c := range all() {
		pack, err := c.Compressor(window)
		if err != nil {
			f.Fatal(err)
		}
		packed, err := pack(nil, []byte("a few words, a few words"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), packed)
	}
	f.Fuzz(func(t *testing.T, which uint8, src []byte) {
		codecs := all()
		unpack, err := codecs[int(which)%len(codecs)].Decompressor(window)
		if err != nil {
			t.Fatal(err)
		}
		dst := make([]byte, 128)
		for i := range dst {
			dst[i] = 0xa5
		}
		_ = unpack(dst[:64:64], src)
		if !bytes.Equal(dst[64:], bytes.Repeat([]byte{0xa5}, 64)) {
			t.Error("wrote past its end")
		}
	})
}
