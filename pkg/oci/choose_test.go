package oci

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// TestChoose has platforms written as people and tools write them.
func TestChoose(t *testing.T) {
	for _, tt := range []struct{ platform, has, want string }{
		{"linux/amd64", "linux/386 linux/amd64", "linux/amd64"},
		{"linux/x86_64", "linux/386 linux/amd64", "linux/amd64"},
		{"linux/aarch64", "linux/amd64 linux/arm64/v8", "linux/arm64/v8"},
		{"linux/arm64/v8", "linux/amd64 linux/arm64", "linux/arm64"},
		{"linux/arm64", "linux/arm64/v8", "linux/arm64/v8"},
		{"linux/arm", "linux/arm/v5 linux/arm/v7", "linux/arm/v7"},
		{"linux/arm", "linux/arm/v5 linux/arm", "linux/arm"},
		{"linux/arm", "linux/arm/v5 linux/arm/v6", "linux/arm/v5"},
		{"linux/arm/v6", "linux/arm/v5 linux/arm/v6 linux/arm/v7", "linux/arm/v6"},
		{"linux/arm/v7", "linux/arm/v5 linux/arm", "linux/arm"},
		{"linux/armhf", "linux/arm/v5 linux/arm/v7", "linux/arm/v7"},
		{"linux/arm/v7", "linux/arm/v5", ""},
		{"linux/s390x", "linux/amd64", ""},
		{"linux", "linux/none linux/" + runtime.GOARCH, "linux/" + runtime.GOARCH},
		{"linux", "linux/none", "linux/none"},
		{"", "linux/none windows/" + runtime.GOARCH + " linux/" + runtime.GOARCH, "linux/" + runtime.GOARCH},
	} {
		t.Run(tt.platform+" of "+tt.has, func(t *testing.T) {
			var index v1.IndexManifest
			names := map[string]string{}
			for i, name := range strings.Fields(tt.has) {
				p, err := v1.ParsePlatform(name)
				if err != nil {
					t.Fatal(err)
				}
				digest := v1.Hash{Algorithm: "sha256", Hex: fmt.Sprint(i)}
				names[digest.Hex] = name
				index.Manifests = append(index.Manifests, v1.Descriptor{MediaType: types.OCIManifestSchema1, Digest: digest, Platform: p})
			}
			got := ""
			from := lookup{image: func(d v1.Descriptor) (v1.Image, error) { got = names[d.Digest.Hex]; return nil, nil }}
			_, err := from.choose(&index, tt.platform)
			var none *PlatformError
			if got != tt.want || (tt.want == "") != errors.As(err, &none) {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}
