package main

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/spf13/cobra"

	"github.com/5bbb5df2/pack/pkg/image"
	"github.com/5bbb5df2/pack/pkg/oci"
	"github.com/5bbb5df2/pack/pkg/pipeline"
)

// request turns the flags into a request, but for the times and what it is
// made of.
func (o *imageOptions) request(c *cobra.Command, env *environment, text string) (*pipeline.Image, error) {
	tag, err := parseImageName(text)
	if err != nil {
		return nil, err
	}
	im := &pipeline.Image{Tag: tag, File: o.Destination, Format: pipeline.ImageFormat(o.Format), TempDir: env.Getenv("TMPDIR")}
	formats := []string{string(pipeline.DockerArchive), string(pipeline.OCIArchive), string(pipeline.OCIDir)}
	switch {
	case !slices.Contains(formats, o.Format):
		return nil, imageUsagef("--format takes %s, not %q", oneOf(formats), o.Format)
	case o.Local && o.Base == "":
		return nil, imageUsagef("--local needs --base")
	case o.Destination == "" && c.Flags().Changed("destination"):
		return nil, imageUsagef("--destination is empty")
	case o.Destination == "" && !o.Push:
		im.File = defaultDestination(tag, im.Format)
	}
	if im.Compression, err = image.NewCompression(o.Compression, o.Level); err != nil {
		return nil, &usageError{err: err, of: "pack image"}
	}
	platform, err := oci.ParsePlatform(o.OS + "/" + o.Arch)
	if err != nil {
		return nil, imageUsagef("--arch %q is not ARCH[/VARIANT]", o.Arch)
	}
	im.Platform = *platform
	if err := o.setTimes(env, im); err != nil {
		return nil, err
	}
	if o.Push {
		im.Push = pusher(env, newRemote(o.Insecure))
	}
	im.Config, err = o.configFlags.config(c.Flags())
	return im, err
}

func defaultDestination(tag name.Tag, f pipeline.ImageFormat) string {
	base := path.Base(tag.RepositoryStr())
	if f == pipeline.OCIDir {
		return base + ".oci"
	}
	return base + ".tar"
}

// setTimes completes the request by its time, and finds out what bounds those
// of files.
func (o *imageOptions) setTimes(env *environment, im *pipeline.Image) (err error) {
	if o.Created != "" {
		o.youngest, err = parseTime(o.Created)
	} else {
		o.youngest, err = sourceDateEpoch(env)
	}
	im.Created = time.Unix(0, 0).UTC()
	if o.youngest != nil {
		im.Created = *o.youngest
	}
	return err
}

// parseTime reads --created.
func parseTime(text string) (*time.Time, error) {
	t, err := time.Parse(time.RFC3339, text)
	if secs, notNumber := strconv.ParseInt(text, 10, 64); notNumber == nil {
		t, err = time.Unix(secs, 0), nil
	}
	t = t.UTC()
	if err != nil || t.Year() < 0 || t.Year() > 9999 {
		return nil, imageUsagef("--created %q is neither a time as 2006-01-02T15:04:05Z nor a number of seconds", text)
	}
	return &t, nil
}

// owner returns what tells the owner in the image from that of a file, for the
// user me.
func (o *imageOptions) owner(me int) (func(uid, gid int) (int, int), error) {
	if o.Owner == "" {
		if me == 0 {
			return nil, nil
		}
		return func(uid, gid int) (int, int) {
			if uid == me {
				return 0, 0
			}
			return uid, gid
		}, nil
	}
	user, group, ok := strings.Cut(o.Owner, ":")
	u, err := strconv.ParseUint(user, 10, 31)
	g := u
	if ok && err == nil {
		g, err = strconv.ParseUint(group, 10, 31)
	}
	if err != nil {
		return nil, imageUsagef("--owner %q is not UID or UID:GID in numbers", o.Owner)
	}
	return func(int, int) (int, int) { return int(u), int(g) }, nil
}

func imageUsagef(format string, args ...any) error {
	return &usageError{err: fmt.Errorf(format, args...), of: "pack image"}
}

// parseImageName reads NAME[:TAG].
func parseImageName(text string) (name.Tag, error) {
	tag, err := image.ParseName(text)
	var wrong *image.NameError
	if errors.As(err, &wrong) {
		err = &pipeline.UsageError{Msg: wrong.Error(), Advice: wrong.Hint()}
	}
	return tag, err
}
