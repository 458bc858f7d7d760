package image

import (
	"context"
	"encoding/json"
	"fmt"
	"path"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/5bbb5df2/pack/pkg/plan"
)

// Files are the files of an image in the OCI image layout (image-layout.md of
// opencontainers/image-spec), named tag there. With docker, they are also what
// docker load reads: an archive of them has both forms, as docker save has
// written it since 25.0. The plan is good until Close.
func (im *Image) Files(ctx context.Context, tag name.Tag, docker bool) (*plan.Plan, error) {
	f := &files{plan: plan.New(nil)}
	f.add("/oci-layout", []byte(`{"imageLayoutVersion":"1.0.0"}`))
	f.json("/index.json", im.index(tag))
	f.blob(im.config)
	f.blob(im.manifest)
	if docker {
		f.json("/manifest.json", im.dockerManifest(tag))
	}
	for i, l := range im.layers {
		b, err := im.keep(ctx, l)
		if err != nil {
			return nil, fmt.Errorf("cannot read layer %d of the image: %w", i+1, err)
		}
		h, err := l.Digest()
		if err != nil {
			return nil, err
		}
		f.put(plan.Entry{Path: blobPath(h), Size: b.Size(), From: plan.Source{FS: b, Path: "/"}})
	}
	return f.plan, f.err
}

// files is a layout on its way into a plan.
type files struct {
	plan *plan.Plan
	err  error
}

func (f *files) put(e plan.Entry) {
	e.Mode, e.ModTime = 0o644, time.Unix(0, 0).UTC()
	if f.err == nil && f.plan.Get(e.Path) == nil {
		f.err = f.plan.Add(e)
	}
}

func (f *files) add(name string, data []byte) {
	f.put(plan.Entry{Path: name, Size: int64(len(data)), From: plan.Source{Data: data}})
}

func (f *files) json(name string, value any) {
	data, err := json.Marshal(value)
	if err != nil && f.err == nil {
		f.err = err
	}
	f.add(name, data)
}

func (f *files) blob(data []byte) { f.add(blobPath(digestOf(data)), data) }

func blobPath(h v1.Hash) string { return path.Join("/blobs", h.Algorithm, h.Hex) }

// index makes index.json. The annotations are those that docker, containerd and
// the tools of containers/image go by.
func (im *Image) index(tag name.Tag) *v1.IndexManifest {
	config, _ := im.ConfigFile()
	return &v1.IndexManifest{
		SchemaVersion: 2, MediaType: types.OCIImageIndex,
		Manifests: []v1.Descriptor{{
			MediaType: types.OCIManifestSchema1, Digest: digestOf(im.manifest), Size: int64(len(im.manifest)),
			Platform: config.Platform(),
			Annotations: map[string]string{
				"io.containerd.image.name":          fullName(tag),
				"org.opencontainers.image.ref.name": tag.TagStr(),
			},
		}},
	}
}

// dockerManifest makes manifest.json, what docker load goes by
// (image/tarexport of moby).
func (im *Image) dockerManifest(tag name.Tag) any {
	type item struct {
		Config   string
		RepoTags []string
		Layers   []string
	}
	it := item{Config: blobPath(digestOf(im.config))[1:], RepoTags: []string{FamiliarName(tag)}}
	for _, l := range im.layers {
		h, _ := l.Digest()
		it.Layers = append(it.Layers, blobPath(h)[1:])
	}
	return []item{it}
}
