package examples

import (
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"testing"

	"github.com/5bbb5df2/pack/test/lib/engine"
)

// bases are the images pack/NAME that examples begin with, each made once and
// when it is first needed.
type bases struct {
	client   engine.Client
	made     sync.Map // name to func() error
	emulated sync.Map // image made to the image it was made on
}

var packBase = regexp.MustCompile(`(?m)^FROM pack/(\w+):`)

// need makes the base that a Dockerfile begins with, if it is one of pack's.
func (b *bases) need(t *testing.T, dockerfile string) {
	t.Helper()
	if from := packBase.FindStringSubmatch(dockerfile); from != nil {
		name := from[1]
		made, _ := b.made.LoadOrStore(name, sync.OnceValue(func() error { return b.make(name) }))
		must(t, made.(func() error)())
	}
}

// make builds images/NAME. What that begins with is an image that Docker
// publishes: one in bases stands for it, unless the engine has it.
func (b *bases) make(name string) error {
	images := filepath.Join(root, "images")
	dockerfile := filepath.Join(images, name, "Dockerfile")
	text, err := os.ReadFile(dockerfile)
	if err != nil {
		return err
	}
	published := regexp.MustCompile(`(?m)^FROM (\S+)`).FindStringSubmatch(string(text))[1]
	made := "pack/" + name + ":bookworm"
	if !b.client.Has(published) {
		if err := b.client.Build(published, filepath.Join("bases", name)); err != nil {
			return err
		}
		b.emulated.Store(made, published)
	}
	return b.client.Build(made, images, "-f", dockerfile)
}

// forget removes what only stands for published images, and what was made on
// it: nobody else wants them under these names.
func (b *bases) forget() {
	for made, published := range b.emulated.Range {
		_ = b.client.Do("rmi", made.(string), published.(string))
	}
}
