// Package examples builds every example with the Docker engine of this
// machine, as its user would, runs the result and looks at what it does.
//
// Of the images that the Dockerfiles name, Debian's is made by debootstrap,
// pack's own by images/, and those of Python, Node, Rust and Haskell, which
// cannot be fetched everywhere, by what is in bases.
package examples

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/5bbb5df2/pack/test/lib/engine"
)

var update = flag.Bool("update", false, "write the sizes into the examples' READMEs, and the table into the top one")

// root is the repository, seen from here.
const root = "../.."

// TestExamples builds all of them. One that is no image but a file says so
// itself.
func TestExamples(t *testing.T) {
	engine.Need(t)
	client, err := engine.Find(t.Context(), true)
	if err != nil {
		t.Skip(err)
	}
	must(t, engine.Debian())
	must(t, engine.Tool())
	b := &bases{client: client}
	t.Cleanup(b.forget)
	for _, c := range checks {
		t.Run(c.example, func(t *testing.T) {
			t.Parallel()
			e := load(t, c.example, client)
			b.need(t, e.dockerfile)
			after := c.check(t, e)
			e.record(t, sizes{e.before(t), after})
		})
	}
}

// example is one directory of example/.
type example struct {
	name, dir  string
	dockerfile string // its text
	client     engine.Client
}

func load(t *testing.T, name string, client engine.Client) example {
	t.Helper()
	dir := filepath.Join(root, "example", name)
	text, err := os.ReadFile(filepath.Join(dir, "Dockerfile"))
	must(t, err)
	return example{name, dir, string(text), client}
}

// build makes the image of the example, which goes when the test ends.
func (e example) build(t *testing.T) string {
	t.Helper()
	image := "pack-example/" + e.name
	must(t, e.client.Build(image, e.dir))
	t.Cleanup(func() { _ = e.client.Do("rmi", "-f", image) })
	return image
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
