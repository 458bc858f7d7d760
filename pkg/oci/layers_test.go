package oci

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// header makes an entry from a line: "d /dir", "f name content",
// "l name target", "h name target", "c name", "p name".
func header(line string) (h *tar.Header, content string) {
	f := strings.Fields(line)
	h = &tar.Header{Name: f[1], Mode: 0o755}
	rest := strings.Join(f[2:], " ")
	switch f[0] {
	case "d":
		h.Typeflag = tar.TypeDir
	case "f":
		h.Typeflag, h.Size = tar.TypeReg, int64(len(rest))
		return h, rest
	case "l":
		h.Typeflag, h.Linkname = tar.TypeSymlink, rest
	case "h":
		h.Typeflag, h.Linkname = tar.TypeLink, rest
	case "c":
		h.Typeflag, h.Devmajor, h.Devminor = tar.TypeChar, 1, 3
	case "p":
		h.Typeflag = tar.TypeFifo
	case "?":
		h.Typeflag = 'V'
	}
	return h, ""
}

func layer(t *testing.T, lines []string) v1.Layer {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, line := range lines {
		h, content := header(line)
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	l, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b.Bytes())), nil })
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// unpack applies layers and lists what they make, a line each.
func unpack(t *testing.T, layers ...[]string) ([]string, error) {
	t.Helper()
	im := empty.Image
	for _, lines := range layers {
		var err error
		if im, err = mutate.AppendLayers(im, layer(t, lines)); err != nil {
			t.Fatal(err)
		}
	}
	opened, err := newImage(im)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := opened.Tree(t.Context(), t.TempDir())
	if err != nil {
		return nil, err
	}
	defer tree.Close()
	var out []string
	for e := range tree.Plan.All() {
		line := e.Path
		switch {
		case e.Path == "/":
			continue
		case e.HardLink != "":
			line += " = " + e.HardLink
		case e.Mode.IsDir():
			line += "/"
		case e.Link != "":
			line += " -> " + e.Link
		case e.Mode.IsRegular():
			f, err := e.From.Open()
			if err != nil {
				t.Fatal(err)
			}
			data, err := io.ReadAll(f)
			if err != nil {
				t.Fatal(err)
			}
			line += " " + string(data)
		default:
			line += fmt.Sprintf(" %v %d", e.Mode.Type(), e.Rdev)
		}
		out = append(out, line)
	}
	return out, nil
}

func TestLayers(t *testing.T) {
	for _, tt := range []struct {
		name   string
		layers [][]string
		want   string
	}{
		{"one", [][]string{{"d ./", "d ./a/", "f ./a/b text", "l c a/b", "p p", "c null"}}, "/a/|/a/b text|/c -> a/b|/null Dc--------- 259|/p p--------- 0"},
		{"missing directories are made", [][]string{{"f a/b/c x"}}, "/a/|/a/b/|/a/b/c x"},
		{"the upper layer wins", [][]string{{"f a one", "d d", "f d/x x"}, {"f a two", "d d"}}, "/a two|/d/|/d/x x"},
		{"a file in a directory's place", [][]string{{"f d/x x"}, {"f d file"}}, "/d file"},
		{"a directory in a link's place", [][]string{{"l d /e", "f e/x x"}, {"d d", "f d/y y"}}, "/d/|/d/y y|/e/|/e/x x"},
		{"through links of the tree", [][]string{{"l lib usr/lib", "f usr/lib/a a", "l abs /usr/lib"}, {"f lib/b b", "f abs/c c"}}, "/abs -> /usr/lib|/lib -> usr/lib|/usr/|/usr/lib/|/usr/lib/a a|/usr/lib/b b|/usr/lib/c c"},
		{"a link that leads up stays inside", [][]string{{"l up ../../..", "f up/x x"}}, "/up -> ../../..|/x x"},
		{"hard links", [][]string{{"f a x", "h b a"}, {"f a y"}}, "/a y|/b x"},
		{"hard links to one file", [][]string{{"f a x", "h b a", "h c b"}}, "/a x|/b = /a|/c = /a"},
		{"a hard link through a link", [][]string{{"l d real", "f real/a x", "h b d/a"}}, "/b x|/d -> real|/real/|/real/a = /b"},
		{"whiteout", [][]string{{"f a x", "f d/x x", "f e/x x"}, {"f .wh.a", "f .wh.d", "f none/.wh.b"}}, "/e/|/e/x x"},
		{"a whiteout spares its own layer", [][]string{{"f d/old x"}, {"f d/new x", "f .wh.d"}}, "/d/|/d/new x"},
		{"opaque", [][]string{{"f d/old x", "f d/sub/old x"}, {"f d/sub/new x", "f d/.wh..wh..opq"}}, "/d/|/d/sub/|/d/sub/new x"},
		{"what aufs kept", [][]string{{"f .wh..wh.plnk/x x", "f .wh..wh.aufs"}}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := unpack(t, tt.layers...)
			if err != nil || strings.Join(got, "|") != tt.want {
				t.Errorf("got  %s, %v\nwant %s", strings.Join(got, "|"), err, tt.want)
			}
		})
	}
}

func TestHostileLayers(t *testing.T) {
	for _, tt := range []struct {
		name  string
		lines []string
		want  string
	}{
		{"out", []string{"f ../x x"}, "leads out of the image"},
		{"out in the middle", []string{"f a/../../x x"}, "leads out of the image"},
		{"a hard link out", []string{"h x ../../etc/passwd"}, "leads out of the image"},
		{"a hard link to nothing", []string{"h x etc/passwd"}, "file does not exist"},
		{"a hard link to a directory", []string{"d d", "h x d"}, "it is a directory"},
		{"a circle of links", []string{"l a b", "l b a", "f a/x x"}, "links lead in a circle"},
		{"below a file", []string{"f a x", "f a/b x"}, "a on the way is not a directory"},
		{"a root that is a link", []string{"l . x"}, "the root is not a directory"},
		{"an unknown type", []string{"? x"}, "unknown type"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := unpack(t, tt.lines)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

// A layer of a few kilobytes, compressed, that says millions of times to hide
// what lies below, would take hours if each time all of it were looked at. Here
// something is put where only the second look would find it.
func TestHiddenOnce(t *testing.T) {
	for _, marker := range []string{opaque, whiteout + "d"} {
		u := &tree{root: newDir(0), layer: 1}
		d, err := u.dir([]string{"d", "e"}, true)
		if err != nil {
			t.Fatal(err)
		}
		for n := range 2 {
			if err := u.hide(nil, marker); err != nil {
				t.Fatal(err)
			}
			if len(d.children) != n {
				t.Errorf("%s, %d before: %d left", marker, n, len(d.children))
			}
			d.children["lower"] = newDir(0)
		}
	}
}

func TestTreeCancelled(t *testing.T) {
	im, err := mutate.AppendLayers(empty.Image, layer(t, []string{"f a x"}))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := t.TempDir()
	opened, err := newImage(im)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := opened.Tree(ctx, dir); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if left, err := os.ReadDir(dir); len(left) > 0 || err != nil {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestOpenErrors(t *testing.T) {
	for _, ref := range []string{"/nonexistent.tar", "/", "oci:/nonexistent", "layers_test.go"} {
		_, err := Open(ref, "")
		var refused *RefError
		if !errors.As(err, &refused) || refused.Hint() == "" {
			t.Errorf("%s: %v", ref, err)
		}
	}
	// A directory by the name of an image is no reason to be at a loss.
	t.Chdir(t.TempDir())
	if err := os.Mkdir("nginx", 0o755); err != nil {
		t.Fatal(err)
	}
	var refused *RefError
	if _, err := Open("nginx", ""); !errors.As(err, &refused) || !strings.Contains(refused.Hint(), "nginx:latest") {
		t.Errorf("got %v", err)
	}
	if _, err := Open("/nonexistent.tar", ""); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
