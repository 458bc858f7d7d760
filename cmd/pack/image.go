package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/sirupsen/logrus"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/5bbb5df2/pack/pkg/image"
	"github.com/5bbb5df2/pack/pkg/oci"
	"github.com/5bbb5df2/pack/pkg/pipeline"
)

// imageOptions are the flags of pack image.
type imageOptions struct {
	imageFlags // of the base
	configFlags
	Destination, Format string
	OS, Arch            string
	Base                string
	Push                bool
	Created, Owner      string
	Compression         string
	youngest            *time.Time // what bounds the times of files; nil is nothing
	Level               int
}

func newImageCommand(env *environment) *cobra.Command {
	var o imageOptions
	c := &cobra.Command{
		Use:     "image [flags] NAME[:TAG] SRC...",
		Aliases: []string{"pack", "p"},
		Short:   "Make a container image of directories and files",
		Long: `image makes an image of one layer: the contents of a directory SRC are at its /,
a file SRC is there under its own name. The image is written to an archive, or
pushed, and its name and digest are printed: NAME@sha256:...

The same input makes the same image. Files keep their times, which --created and
SOURCE_DATE_EPOCH bound, and their owners; but what belongs to a user who is not
root, and packs it, is root's in the image. Left out with a warning is what no
image can hold: sockets, and names that begin with .wh., which remove others.

FORMAT
  docker   what docker load reads, and an OCI image layout, in one archive
  oci      an OCI image layout in an archive
  oci-dir  an OCI image layout, a directory

CMD is a JSON array if it begins with "[", else words as a shell splits them. No
shell sees it. The image begins with the layers and the config of BASE, any IMAGE
as "pack unpack --help" has it, as a Dockerfile's does by FROM.

ENVIRONMENT
  SOURCE_DATE_EPOCH  the default of --created, in seconds
  TMPDIR             where an image is kept that is only pushed
  DOCKER_CONFIG      where docker login has put the credentials for registries
` + exitStatus,
		Example: `  pack image app:1.0 ./bundle --entrypoint /usr/bin/app --expose 8080
  pack image registry.example/app ./app --base debian:bookworm-slim --push`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) < 2 {
				return &usageError{err: usagef("two arguments at least are needed: NAME[:TAG] SRC..."), of: c.CommandPath()}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			ctx, stop := env.Interruptible(c.Context())
			defer stop()
			return o.run(ctx, c, env, args[0], args[1:])
		},
	}
	o.add(c)
	return configure(c)
}

func (o *imageOptions) add(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&o.Destination, "destination", "", "the `FILE` or directory to write (default: NAME's last part, with .tar or .oci; none with --push)")
	f.StringVar(&o.Format, "format", string(pipeline.DockerArchive), "write it as `FORMAT`: docker, oci or oci-dir")
	o.configFlags.add(f)
	f.StringVar(&o.Base, "base", "", "put it on the image `BASE`")
	o.imageFlags.add(f)
	f.Lookup("local").Usage = "take BASE from the docker engine of this machine"
	f.StringVar(&o.OS, "os", "", "it is for the operating system `OS` (default: the base's, else linux)")
	f.StringVar(&o.Arch, "arch", "", "it is for `ARCH[/VARIANT]`, as amd64 or arm/v7 (default: the base's, the program's, or this machine's)")
	f.StringVar(&o.Owner, "owner", "", "everything belongs to `UID[:GID]`, in numbers")
	f.StringVar(&o.Created, "created", "", "it is of `TIME`, RFC 3339 or seconds; no file is younger (default: SOURCE_DATE_EPOCH, else 1970 and files as old as they are)")
	f.StringVar(&o.Compression, "compression", image.DefaultCompression, "compress the layer by `NAME`: "+strings.Join(image.Compressions(), ", ")+"; docker loads zstd since 23.0")
	f.IntVar(&o.Level, "compression-level", 0, "compress at level `N` of gzip (1-9, default 6) or zstd (1-22, default 3)")
	f.BoolVar(&o.Push, "push", false, "push it to the registry that NAME names")
	f.SortFlags = false
}

func (o *imageOptions) run(ctx context.Context, c *cobra.Command, env *environment, tag string, names []string) error {
	im, err := o.request(c, env, tag)
	if err != nil {
		return err
	}
	log := newLogger(env.Stderr, logrus.WarnLevel)
	tree := &pipeline.ImageTree{Output: im.File, Epoch: o.youngest, Log: log}
	if tree.Owner, err = o.owner(os.Geteuid()); err != nil {
		return err
	}
	sources, err := openImageSources(names)
	if err != nil {
		return err
	}
	defer sources.close()
	tree.Sources = sources.list
	if o.startsSource(c.Flags(), tree.Sources) {
		im.Config.Entrypoint = []string{tree.Sources[0].At}
	}
	if o.Base != "" {
		var end func()
		if im.Base, end, err = o.openBase(ctx, env); err != nil {
			return err
		}
		defer im.Base.Close()
		defer end()
	}
	p, err := tree.Plan(ctx)
	if err != nil {
		return err
	}
	digest, err := im.WriteTo(ctx, p, log)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.Stdout, "%s@%s\n", image.FamiliarRepository(im.Tag), digest)
	return err
}

// startsSource tells whether the one source is a program, and nothing else is
// said of what the image starts.
func (o *imageOptions) startsSource(f *pflag.FlagSet, sources []pipeline.ImageSource) bool {
	if len(sources) > 1 || sources[0].File == "" || o.Base != "" || f.Changed("entrypoint") || f.Changed("cmd") {
		return false
	}
	fi, err := sources[0].Root.Lstat(sources[0].File)
	return err == nil && fi.Mode()&0o111 != 0
}

// openBase opens the base for the platform that is asked for. end is called
// when it has been read.
func (o *imageOptions) openBase(ctx context.Context, env *environment) (base *oci.Image, end func(), err error) {
	platform := ""
	if o.OS != "" || o.Arch != "" {
		platform = o.OS + "/" + o.Arch
	}
	if base, err = o.opener(env, platform).Open(ctx, o.Base); err != nil {
		return nil, nil, err
	}
	base.Progress, end = progress(env, o.Base, base.Size())
	return base, end, nil
}
