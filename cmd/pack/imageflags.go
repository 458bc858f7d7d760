package main

import (
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/pflag"
	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/oci"
)

// imageFlags say where an image comes from.
type imageFlags struct {
	Local    bool
	Insecure []string
}

func (o *imageFlags) add(f *pflag.FlagSet) {
	f.BoolVar(&o.Local, "local", false, "take the image from the docker engine of this machine")
	f.StringArrayVar(&o.Insecure, "insecure", nil, "ask the registry `HOST[:PORT]` by plain HTTP too, as those on localhost are, or whatever its certificate (repeatable)")
}

// opener opens images as the flags say.
func (o *imageFlags) opener(env *environment, platform string) *oci.Opener {
	open := &oci.Opener{Platform: platform, Remote: newRemote(o.Insecure), Stdin: env.Stdin, TempDir: env.Getenv("TMPDIR")}
	if o.Local {
		open.Engine = newEngine(env)
	}
	return open
}

// newEngine is the engine that the docker command would ask.
func newEngine(env *environment) *oci.Engine { return &oci.Engine{Host: env.Getenv("DOCKER_HOST")} }

// progressInterval is how often a bar is drawn.
const progressInterval = 100 * time.Millisecond

// progress shows on a terminal how much of total bytes is done, and nothing
// anywhere else. end takes it away.
func progress(env *environment, what string, total int64) (add func(int), end func()) {
	f, ok := env.Stderr.(*os.File)
	if !ok || !isTerminal(f) {
		return nil, func() {}
	}
	bar := progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(f), progressbar.OptionSetDescription(what),
		progressbar.OptionShowBytes(true), progressbar.OptionUseIECUnits(true), progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(progressInterval), progressbar.OptionFullWidth(), progressbar.OptionClearOnFinish(),
		progressbar.OptionSetRenderBlankState(true))
	return func(n int) { bar.Add(n) }, func() { bar.Clear() }
}

func isTerminal(f *os.File) bool {
	_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	return err == nil
}
