package oci_test

import (
	"archive/tar"
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/5bbb5df2/pack/pkg/oci"
	"github.com/5bbb5df2/pack/pkg/output"
)

// FuzzLayer has any bytes for a layer. What comes of them must be a plan that
// a sink may write: no name that leads out, every hard link to an entry before
// it.
func FuzzLayer(fz *testing.F) {
	for _, tt := range slices.Concat(escapes, whiteouts, oddities, sizes) {
		for _, data := range tt.archives("/canary") {
			if len(data) < 8<<10 {
				fz.Add(data)
			}
		}
	}
	fz.Fuzz(func(t *testing.T, data []byte) {
		if hasLargeHole(data) {
			t.Skip("takes too long")
		}
		dir := t.TempDir()
		// What it does to a layer below it is part of the matter.
		below := archive(d("a"), f("a/b", "x"), l("l", "a"), h("h", "a/b"))
		im, err := oci.Open(newParts(below, data).write(t, filepath.Join(dir, "image"), nil), "")
		must(t, err)
		tree, err := im.Tree(t.Context(), dir)
		if err != nil {
			return
		}
		defer tree.Close()
		seen := map[string]bool{}
		for e := range tree.Plan.All() {
			must(t, output.CheckEntry(e))
			if e.HardLink != "" && !seen[e.HardLink] {
				t.Errorf("%s is a hard link to %s, which does not come before it", e.Path, e.HardLink)
			}
			if strings.ContainsRune(e.Link, 0) || e.Path == "/" && !e.Mode.IsDir() {
				t.Errorf("%s: %v -> %q", e.Path, e.Mode, e.Link)
			}
			seen[e.Path] = true
		}
	})
}

// hasLargeHole tells that a file of the archive is of another order than the
// archive.
func hasLargeHole(data []byte) bool {
	for r := tar.NewReader(bytes.NewReader(data)); ; {
		h, err := r.Next()
		if err != nil {
			return false
		}
		if h.Size > 16<<20 {
			return true
		}
	}
}
