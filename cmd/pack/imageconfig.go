package main

import (
	"path"
	"strings"

	"github.com/spf13/pflag"

	"github.com/5bbb5df2/pack/pkg/image"
)

// configFlags say how containers of an image are run.
type configFlags struct {
	Entrypoint, Cmd, User, Workdir, StopSignal string
	Env, Labels, Ports, Volumes                []string
}

func (o *configFlags) add(f *pflag.FlagSet) {
	f.StringVar(&o.Entrypoint, "entrypoint", "", "a container starts `CMD` (default: the base's; a lone executable file SRC)")
	f.StringVar(&o.Cmd, "cmd", "", "with the arguments `CMD`, unless it is given others")
	f.StringArrayVar(&o.Env, "env", nil, "set `K=V` for it (repeatable)")
	f.StringArrayVar(&o.Labels, "label", nil, "label the image `K=V` (repeatable)")
	f.StringVar(&o.User, "user", "", "run as `USER[:GROUP]`, names or numbers")
	f.StringVar(&o.Workdir, "workdir", "", "start in the directory `PATH`")
	f.StringArrayVar(&o.Ports, "expose", nil, "it listens on `PORT[/PROTOCOL]` (repeatable)")
	f.StringArrayVar(&o.Volumes, "volume", nil, "data is kept in the directory `PATH` (repeatable)")
	f.StringVar(&o.StopSignal, "stop-signal", "", "it ends by `SIGNAL`")
}

// config turns the flags into a config. An empty command line, if it is given,
// is none.
func (o *configFlags) config(f *pflag.FlagSet) (image.Config, error) {
	c := image.Config{User: o.User, Workdir: o.Workdir, StopSignal: o.StopSignal, Volumes: o.Volumes, Env: o.Env}
	fail := func(flag, value string, err error) (image.Config, error) {
		return c, imageUsagef("--%s %q: %w", flag, value, err)
	}
	var err error
	if f.Changed("entrypoint") {
		if c.Entrypoint, err = image.Command(o.Entrypoint); err != nil {
			return fail("entrypoint", o.Entrypoint, err)
		}
	}
	if f.Changed("cmd") {
		if c.Cmd, err = image.Command(o.Cmd); err != nil {
			return fail("cmd", o.Cmd, err)
		}
	}
	for _, kv := range o.Env {
		if strings.Index(kv, "=") < 1 {
			return c, imageUsagef("--env %q is not K=V", kv)
		}
	}
	for _, kv := range o.Labels {
		key, value, ok := strings.Cut(kv, "=")
		if !ok || key == "" {
			return c, imageUsagef("--label %q is not K=V", kv)
		}
		if c.Labels == nil {
			c.Labels = map[string]string{}
		}
		c.Labels[key] = value
	}
	for _, p := range o.Ports {
		full, err := image.Port(p)
		if err != nil {
			return fail("expose", p, err)
		}
		c.Ports = append(c.Ports, full)
	}
	for _, dir := range append([]string{o.Workdir}, o.Volumes...) {
		if dir != "" && !path.IsAbs(dir) {
			return c, imageUsagef("%q is not an absolute path", dir)
		}
	}
	if o.StopSignal != "" {
		if err := image.CheckSignal(o.StopSignal); err != nil {
			return fail("stop-signal", o.StopSignal, err)
		}
	}
	return c, nil
}
