package main

import (
	"context"

	"github.com/sirupsen/logrus"
	"github.com/spf13/cobra"

	"github.com/5bbb5df2/pack/pkg/oci"
	"github.com/5bbb5df2/pack/pkg/pipeline"
)

func newUnpackCommand(env *environment) *cobra.Command {
	var o imageFlags
	var platform string
	c := &cobra.Command{
		Use:     "unpack [flags] IMAGE DIR",
		Aliases: []string{"u"},
		Short:   "Write the root file system of an image to a directory",
		Long: `unpack writes the file system of the image IMAGE to the directory DIR, which is
made, or is empty. On any failure it is left as it was.

Owners, modes, times, links, holes, devices and extended attributes are kept as
far as the user may, and what is not is said. Digests and sizes are checked, and
nothing of an image leads out of DIR.
` + imageText + exitStatus,
		Example: `  pack unpack debian:bookworm-slim ./rootfs
  pack unpack registry.example/app@sha256:... ./rootfs --platform linux/arm64
  docker save app | pack unpack - ./rootfs`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 2 {
				return &usageError{err: usagef("two arguments are needed: IMAGE DIR"), of: c.CommandPath()}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			ctx, stop := env.Interruptible(c.Context())
			defer stop()
			return o.unpack(ctx, env, args[0], args[1], platform)
		},
	}
	o.add(c.Flags())
	c.Flags().StringVar(&platform, "platform", "", "choose the image for `OS/ARCH[/VARIANT]` (default: the one there is, or that for this machine)")
	c.Flags().SortFlags = false
	return configure(c)
}

// imageText says in a command's help what an image is.
const imageText = `
IMAGE is, in this order,
  oci:DIR, oci:DIR:TAG   an OCI image layout
  FILE, or - for stdin   an archive of docker save or of an OCI image layout,
                         compressed by gzip or zstd or not at all
  [HOST/]NAME[:TAG][@DIGEST]   one of a registry
With --local it is one of the docker engine, as DOCKER_HOST says. Registries are
asked by HTTPS, with the credentials of docker login, and authorities in
/etc/docker/certs.d/HOST. Those on localhost or a loopback address are asked by
plain HTTP too, and no others but those that --insecure names.

ENVIRONMENT
  DOCKER_CONFIG  the directory with docker's config.json
  DOCKER_HOST    the engine, unix://PATH or tcp://HOST:PORT
  HTTPS_PROXY    and HTTP_PROXY, NO_PROXY: how registries are reached
`

func (o *imageFlags) unpack(ctx context.Context, env *environment, ref, dir, platform string) error {
	u := &pipeline.Unpack{
		Output: dir, Log: newLogger(env.Stderr, logrus.WarnLevel),
		Open: func(ctx context.Context, tempDir string) (*oci.Image, func(), error) {
			opener := o.opener(env, platform)
			opener.TempDir = tempDir
			im, err := opener.Open(ctx, ref)
			if err != nil {
				return nil, nil, err
			}
			var end func()
			im.Progress, end = progress(env, ref, im.Size())
			return im, end, nil
		},
	}
	return u.Run(ctx)
}
