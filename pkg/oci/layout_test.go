package oci

import (
	"errors"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	ocilayout "github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
)

// addendum makes a line of an index.json of a line: IMAGE ARCH [NAME:TAG], as
// docker save since 25.0 names images.
func addendum(t *testing.T, line string, images map[string]v1.Image) mutate.IndexAddendum {
	t.Helper()
	f := append(strings.Fields(line), "")
	if images[f[0]] == nil {
		im, err := random.Image(100, 1)
		if err != nil {
			t.Fatal(err)
		}
		images[f[0]] = im
	}
	add := mutate.IndexAddendum{Add: images[f[0]], Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: f[1]}}}
	if _, tag, ok := strings.Cut(f[2], ":"); ok {
		add.Annotations = map[string]string{fullName: f[2], refName: tag}
	}
	return add
}

// TestLayoutOfSeveral has layouts of several images, as docker saves them: none
// is taken by chance.
func TestLayoutOfSeveral(t *testing.T) {
	for _, tt := range []struct {
		name  string
		lines []string
		nest  bool // in an index in the index
		tag   string
		want  string // the image; empty: it has several
	}{
		{"one", []string{"a amd64 app:1"}, false, "", "a"},
		{"one by two names", []string{"a amd64 app:1", "a amd64 app:2"}, false, "", "a"},
		{"two by tags", []string{"a amd64 app:1", "b amd64 app:2"}, false, "", ""},
		{"one of two by its tag", []string{"a amd64 app:1", "b amd64 app:2"}, false, ":2", "b"},
		{"two names with the same tag", []string{"a amd64 app:1", "b amd64 other:1"}, false, "", ""},
		{"two names with the tag asked for", []string{"a amd64 app:1", "b amd64 other:1"}, false, ":1", ""},
		{"two without names", []string{"a amd64", "b amd64"}, false, "", ""},
		{"two platforms", []string{"a arm64", "b amd64"}, false, "", "b"},
		{"two platforms of a name", []string{"a amd64 app:1", "b arm64 app:1"}, false, "", "a"},
		// So registries have one in two compressions: the first is for everybody.
		{"two of a platform, below", []string{"a amd64", "b amd64"}, true, "", "a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			images := map[string]v1.Image{}
			var index v1.ImageIndex = empty.Index
			for _, line := range tt.lines {
				index = mutate.AppendManifests(index, addendum(t, line, images))
			}
			if tt.nest {
				index = mutate.AppendManifests(empty.Index, mutate.IndexAddendum{Add: index})
			}
			dir := t.TempDir()
			if _, err := ocilayout.Write(dir, index); err != nil {
				t.Fatal(err)
			}
			im, err := Open(layoutPrefix+dir+tt.tag, "linux/amd64")
			var several *severalError
			if tt.want == "" {
				if !errors.As(err, &several) || several.n != len(tt.lines) {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer im.Close()
			want, _ := images[tt.want].Digest()
			if got, err := im.V1().Digest(); got != want || err != nil {
				t.Errorf("it is not %s but %s, %v", tt.want, got, err)
			}
		})
	}
}
