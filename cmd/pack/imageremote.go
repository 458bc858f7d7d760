package main

import (
	"context"
	"net/http"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/5bbb5df2/pack/pkg/oci"
)

func newRemote(insecure []string) *oci.Remote {
	return &oci.Remote{
		Keychain: authn.DefaultKeychain, Insecure: insecure, CertsDir: "/etc/docker/certs.d",
		Proxy: http.ProxyFromEnvironment, UserAgent: "pack/" + version,
	}
}

// pusher sends images and shows how far it is. What the registry has already
// makes it end early.
func pusher(env *environment, to *oci.Remote) func(context.Context, name.Tag, v1.Image) error {
	return func(ctx context.Context, tag name.Tag, im v1.Image) error {
		m, err := im.Manifest()
		if err != nil {
			return err
		}
		total := m.Config.Size
		for _, l := range m.Layers {
			total += l.Size
		}
		add, end := progress(env, tag.String(), total)
		defer end()
		return to.Push(ctx, tag, im, add)
	}
}
