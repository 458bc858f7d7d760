package main

import (
	"fmt"
	"os"
	"path"
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
	f.StringVar(&o.Fallback, "app-fallback", "", "`WHAT` to do if that cannot be had: fail, or host (default: host if merged and nothing but programs and libraries)")
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
  PACK_STORE, PACK_ENTRYPOINT, PACK_MOUNTS and PACK_ATTRS are also what the made
  file obeys when it is started: unset those that were meant for another one.
`

// storeWarning is what to say about a store of this machine that only the
// environment asks for, "" if there is none: the variable may be there for the
// portable files that run here.
func storeWarning(env *environment, store string) string {
	if store == "" || store != env.Getenv("PACK_STORE") || !path.IsAbs(store) {
		return ""
	}
	return fmt.Sprintf("the file will unpack below %s on every machine, for PACK_STORE says so; unset that, or use $HOME in it", store)
}

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

// appChoices are the values of those of appFlags that take one of a few.
func appChoices() map[string][]string {
	return map[string][]string{
		"compression":  codec.Names(),
		"app-root":     {"sandbox", "merged", "host"},
		"app-fallback": {"fail", "host", ""},
		"args":         {"pack", "app"},
		"platform":     append(launchers.Platforms(), ""),
		"app-attrs":    {"ipc", "uts", "user", "ns", "pid", "net"},
	}
}

func (o *appFlags) check() error {
	choices := appChoices()
	for _, given := range []struct{ flag, value string }{
		{"compression", o.Compression}, {"app-root", o.Root}, {"app-fallback", o.Fallback}, {"args", o.Args}, {"platform", o.Platform},
	} {
		if !slices.Contains(choices[given.flag], given.value) {
			return usagef("--%s takes %s, not %q", given.flag, oneOf(choices[given.flag]), given.value)
		}
	}
	for _, a := range o.Attrs {
		if !slices.Contains(choices["app-attrs"], a) {
			return usagef("--app-attrs takes %s, not %q", oneOf(choices["app-attrs"]), a)
		}
	}
	if o.Root == "host" && (len(o.Attrs) > 0 || len(o.Mounts) > 0) {
		return usagef("--app-root host: there are neither mounts nor namespaces on the host's file system")
	}
	if len(o.Attrs) > 0 && !slices.Contains(o.Attrs, "ns") {
		return usagef("--app-attrs %s: a root of the program's own needs ns", strings.Join(o.Attrs, ","))
	}
	if o.Store != "" {
		if err := checkPath(o.Store); err != nil {
			return &usageError{err: fmt.Errorf("--app-store %s: %w", o.Store, err)}
		}
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

// checkMount finds what could not be mounted wherever the file runs.
func checkMount(spec string) error {
	rest, readOnly := strings.CutPrefix(spec, "ro:")
	if !readOnly {
		rest = strings.TrimPrefix(spec, "rw:")
	}
	parts := strings.Split(rest, ":")
	if len(parts) > 2 {
		return fmt.Errorf("it is neither PATH, SRC:DST, ro:SRC:DST nor rw:SRC:DST")
	}
	for _, p := range parts {
		if err := checkPath(p); err != nil {
			return err
		}
	}
	if path.Clean(parts[len(parts)-1]) == "/" {
		return fmt.Errorf("the root itself cannot be replaced")
	}
	return nil
}

// checkPath finds what is no absolute path wherever the file runs. What the
// variables stand for is known only there.
func checkPath(name string) error {
	var unknown error
	full := os.Expand(name, func(v string) string {
		if v != "HOME" && v != "PWD" {
			unknown = fmt.Errorf("$%s is none of $HOME and $PWD", v)
		}
		return "/"
	})
	if unknown == nil && name != "~" && !strings.HasPrefix(name, "~/") && !path.IsAbs(full) {
		return fmt.Errorf("%q is not an absolute path", name)
	}
	return unknown
}
