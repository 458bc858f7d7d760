package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/5bbb5df2/pack/pkg/codec"
	"github.com/5bbb5df2/pack/pkg/launchers"
	"github.com/5bbb5df2/pack/pkg/pipeline"
	"github.com/5bbb5df2/pack/pkg/portable"
)

// appFlags say what a portable file is and does.
type appFlags struct {
	Entrypoint, Compression                            string
	Name, Version, Description, Author, Copyright      string
	Mounts, Attrs                                      []string
	Store, Root, Fallback, Args, Platform, Accompanied string
}

// add adds the flags with what root and args are if nothing is said.
func (o *appFlags) add(f *pflag.FlagSet, root portable.Root, args portable.ArgsMode) {
	f.StringVar(&o.Entrypoint, "entrypoint", "", "start `PATH` of the bundle, or a name on its PATH (default: the input; an image's own; else /bin/sh)")
	f.StringVar(&o.Compression, "compression", codec.Default, "compress by `NAME`: "+strings.Join(codec.Names(), ", "))
	f.StringVar(&o.Name, "app-name", "", "the program's `NAME` (default: that of the file, without .run)")
	f.StringVar(&o.Version, "app-version", "", "its `VERSION`")
	f.StringVar(&o.Description, "app-description", "", "`TEXT` that its help begins with")
	f.StringVar(&o.Author, "app-author", "", "the `NAME` of its author")
	f.StringVar(&o.Copyright, "app-copyright", "", "its copyright, `TEXT`")
	f.StringArrayVar(&o.Mounts, "app-mounts", nil, "show `SPEC` of the host: PATH, SRC:DST, ro:SRC:DST or rw:SRC:DST, with $HOME, $PWD and ~ (repeatable)")
	f.StringSliceVar(&o.Attrs, "app-attrs", nil, "run it in namespaces of its own, `LIST` of ipc, uts, user, ns, pid, net")
	f.StringVar(&o.Store, "app-store", "", "unpack it below `DIR`, with $HOME and ~; empty for memory that ends with it (default: the user's cache)")
	f.StringVar(&o.Root, "app-root", string(root), "`ROOT` is its file system: sandbox, merged with the user's files, or host")
	f.StringVar(&o.Fallback, "app-fallback", "", "if that cannot be had: fail, or host (default: host if merged and nothing but programs and libraries)")
	f.StringVar(&o.Args, "args", string(args), "`WHO` reads its arguments first: pack or app")
	f.StringVar(&o.Platform, "platform", "", "the `PLATFORM` it runs on: "+strings.Join(launchers.Platforms(), " or ")+" (default: the program's)")
	f.StringVar(&o.Accompanied, "command-prefix", "", "accepted and not used, for poCo's command lines")
}

// appFlagNames are the flags that appFlags has.
func appFlagNames() []string {
	var names []string
	f := pflag.NewFlagSet("", pflag.ContinueOnError)
	new(appFlags).add(f, "", "")
	f.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return names
}

// environmentText says in a command's help what fromEnvironment does.
const environmentText = `
ENVIRONMENT
  PACK_NAME is the default of --app-name, PACK_ENTRYPOINT of --entrypoint, and so
  on for every flag: without app-, in capitals, _ for -. Lists are split at commas.
`

// fromEnvironment gives the flags that are not on the command line what the
// environment says.
func fromEnvironment(c *cobra.Command, env *environment, names []string) error {
	for _, name := range names {
		variable := "PACK_" + strings.ToUpper(strings.ReplaceAll(strings.TrimPrefix(name, "app-"), "-", "_"))
		value := env.Getenv(variable)
		f := c.Flags().Lookup(name)
		if value == "" || f.Changed {
			continue
		}
		values := []string{value}
		if f.Value.Type() == "stringArray" {
			values = strings.Split(value, ",")
		}
		for _, v := range values {
			if err := c.Flags().Set(name, v); err != nil {
				return usagef("%s: %w", variable, err)
			}
		}
	}
	return nil
}

// portable turns the flags into a request for the file name.
func (o *appFlags) portable(c *cobra.Command, file string) (*pipeline.Portable, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	p := &pipeline.Portable{File: file, Codec: o.Compression, Launcher: launchers.Launcher, Config: portable.Config{
		Name: o.Name, Version: o.Version, Description: o.Description, Author: o.Author, Copyright: o.Copyright,
		Root: portable.Root(o.Root), Fallback: portable.Fallback(o.Fallback), ArgsMode: portable.ArgsMode(o.Args),
		Mounts: o.Mounts, Attrs: o.Attrs, Platform: o.Platform,
	}}
	if o.Entrypoint != "" {
		p.Config.Entrypoint = []string{o.Entrypoint}
	}
	if c.Flags().Changed("app-store") {
		p.Config.Store = &o.Store
	}
	return p, nil
}

func (o *appFlags) check() error {
	for _, choice := range []struct {
		flag, value string
		of          []string
	}{
		{"compression", o.Compression, codec.Names()},
		{"app-root", o.Root, []string{"sandbox", "merged", "host"}},
		{"app-fallback", o.Fallback, []string{"fail", "host", ""}},
		{"args", o.Args, []string{"pack", "app"}},
		{"platform", o.Platform, append(launchers.Platforms(), "")},
	} {
		if !slices.Contains(choice.of, choice.value) {
			return usagef("--%s takes %s, not %q", choice.flag, oneOf(choice.of), choice.value)
		}
	}
	namespaces := []string{"ipc", "uts", "user", "ns", "pid", "net"}
	for _, a := range o.Attrs {
		if !slices.Contains(namespaces, a) {
			return usagef("--app-attrs takes %s, not %q", oneOf(namespaces), a)
		}
	}
	if o.Root == "host" && (len(o.Attrs) > 0 || len(o.Mounts) > 0) {
		return usagef("--app-root host: there are neither mounts nor namespaces on the host's file system")
	}
	for _, spec := range o.Mounts {
		if err := checkMount(spec); err != nil {
			return &usageError{err: fmt.Errorf("--app-mounts %s: %w", spec, err)}
		}
	}
	return nil
}

// oneOf lists the values a flag may have; "" is not for people.
func oneOf(values []string) string {
	values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" })
	return strings.Join(values[:len(values)-1], ", ") + " or " + values[len(values)-1]
}

// checkMount finds what could not be mounted wherever the file runs. What the
// variables stand for is known only there.
func checkMount(spec string) error {
	rest := strings.TrimPrefix(strings.TrimPrefix(spec, "ro:"), "rw:")
	parts := strings.Split(rest, ":")
	if len(parts) > 2 {
		return fmt.Errorf("it is neither PATH, SRC:DST, ro:SRC:DST nor rw:SRC:DST")
	}
	for _, p := range parts {
		known := slices.ContainsFunc([]string{"/", "~", "$HOME", "$PWD", "${HOME}", "${PWD}"}, func(s string) bool { return strings.HasPrefix(p, s) })
		if !known {
			return fmt.Errorf("%q is not an absolute path", p)
		}
	}
	return nil
}
