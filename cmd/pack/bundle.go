package main

import (
	"cmp"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/sirupsen/logrus"
	"github.com/spf13/cobra"

	"github.com/5bbb5df2/pack/pkg/pipeline"
	"github.com/5bbb5df2/pack/pkg/portable"
)

// bundleOptions are the flags of the main job.
type bundleOptions struct {
	rootFlags
	testFlags
	ruleFlags
	dynamicFlags
	App                     appFlags
	Portable                string
	ImageTar                imageTarFlags
	Include, Exclude, Mkdir []string
	InstallTo               string
	RealDirs, Strict        bool
	Compress                bool
	UPX                     string
	UPXArgs                 []string
	LogLevel                string
	Verbose                 bool
	DryRun, JSON            bool
	CC                      string
	NoloadResolver          bool
}

// newBundleCommand makes the root command. Its many flags are its own, so they
// are left out, which is a twentieth of the time of a small "pack tree", where
// another command will run.
func newBundleCommand(env *environment, withFlags bool) *cobra.Command {
	var o bundleOptions
	c := &cobra.Command{
		Use:   "pack [flags] INPUT... OUTPUT",
		Short: "Turn a dynamically linked program into a minimal root file system",
		Long: `pack writes to the directory OUTPUT everything the programs INPUT need to run:
the programs, the shared objects their loaders would map, the loaders, the links
between them, and by its rules what no ELF header names ("pack rules"). From a
directory made so, "FROM scratch" and "COPY --from=build /bundle /." make a
container image.

INPUT is an executable, a shared library or a script; a path, or a name on PATH.
OUTPUT is made, or is an empty directory. On any failure it is left as it was.

GLOBS
  *  ?  [a-z]  [!a-z]   any text, a character, one of these, none of these
  **  {a,b*}  \c         any text with /, either, the character c itself
  In --include only ** crosses /; in --exclude * and ? do, too.

ENVIRONMENT
  PATH, LD_LIBRARY_PATH  where INPUT and libraries are looked for, without --root
  SOURCE_DATE_EPOCH      the latest time a file of the bundle may have, in seconds
  TMPDIR                 where a compressed copy is made
  PACK_NAME, ...         with --portable: see "pack bundle --help"
` + exitStatus,
		Example: `  pack /usr/bin/curl /bundle --test --test-command 'curl --version'
  pack /usr/bin/git /bundle --with git-ssh --without locale-c-utf8
  pack app /bundle --include '/usr/share/app/**' --install-to /bin/
  pack --root ./sysroot /usr/bin/app /bundle --dry-run`,
		Version:           version,
		Args:              cobra.ArbitraryArgs,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		RunE: func(c *cobra.Command, args []string) error {
			return runBundle(c, env, &o, args)
		},
	}
	if withFlags {
		o.add(c)
	}
	return configure(c)
}

func (o *bundleOptions) add(c *cobra.Command) {
	f := c.Flags()
	f.StringArrayVarP(&o.Include, "include", "i", nil, "add files, directories or links matching `GLOB`, and the closure of ELF files among them (repeatable)")
	f.StringArrayVarP(&o.Exclude, "exclude", "e", nil, "drop whatever matches `GLOB`, after everything was added (repeatable)")
	f.StringArrayVar(&o.Mkdir, "mkdir", nil, "make an empty directory `PATH` (repeatable)")
	f.StringVarP(&o.InstallTo, "install-to", "r", "", "put the executable at `PATH`; a trailing / means into this directory")
	f.BoolVar(&o.RealDirs, "real-dirs", false, "make directory links such as /lib real directories full of links, to COPY onto a base image that has them so")
	f.BoolVar(&o.Strict, "strict", false, "take every warning as an error; advice to add --with is none")
	o.rootFlags.add(c)
	o.ruleFlags.add(c)
	o.dynamicFlags.add(c)
	o.testFlags.add(c)
	f.StringVar(&o.Portable, "portable", "", "write all of it into one executable `FILE` too; OUTPUT may be left out")
	o.App.add(f, portable.Merged, portable.ArgsApp)
	o.ImageTar.add(f)
	f.BoolVarP(&o.Compress, "compress", "c", false, "compress the executable with upx")
	f.StringArrayVar(&o.UPXArgs, "upx-arg", nil, "pass `ARG` to upx (repeatable)")
	f.StringVar(&o.UPX, "upx", "upx", "the upx to use, `PATH|NAME`")
	f.StringVar(&o.LogLevel, "log-level", "warn", "`LEVEL` is off, error, warn, info or debug")
	f.BoolVarP(&o.Verbose, "verbose", "v", false, "the same as --log-level info")
	f.BoolVar(&o.DryRun, "dry-run", false, "print what would be bundled, why, and what each reason costs; write nothing")
	f.BoolVar(&o.JSON, "json", false, "with --dry-run: print it as JSON")
	f.StringVar(&o.CC, "cc", "cc", "accepted and not used, for magicpak's command lines")
	f.BoolVar(&o.NoloadResolver, "experimental-noload-resolver", false, "accepted and not used, for magicpak's command lines")
	f.SortFlags = false
}

// testFlags are the flags about --test.
type testFlags struct {
	Test          bool
	Command       string
	Stdin, Stdout string
	Env           []string
	User          string
	Timeout       time.Duration
	Busybox       string
}

func (o *testFlags) add(c *cobra.Command) {
	f := c.Flags()
	f.BoolVarP(&o.Test, "test", "t", false, "run the program from the bundle in a chroot; takes root or user namespaces")
	f.StringVar(&o.Command, "test-command", "", "run `CMD` by sh -c (default: the input itself, without a shell)")
	f.StringVar(&o.Stdin, "test-stdin", "", "give it `TEXT` as standard input")
	f.StringVar(&o.Stdout, "test-stdout", "", "the `TEXT` it must print, white space at both ends aside")
	f.StringArrayVar(&o.Env, "test-env", nil, "set `K=V` for it (repeatable)")
	f.StringVar(&o.User, "test-user", "", "run it as `UID[:GID]`")
	f.DurationVar(&o.Timeout, "test-timeout", 60*time.Second, "end it after `DURATION` and fail")
	f.StringVar(&o.Busybox, "busybox", "busybox", "shell and tools for the test, `PATH|NAME`")
}

func runBundle(c *cobra.Command, env *environment, o *bundleOptions, args []string) error {
	level, err := logLevel(o.LogLevel)
	if err != nil {
		return &usageError{err: err}
	}
	if o.Verbose && level < logrus.InfoLevel {
		level = logrus.InfoLevel
	}
	log := newLogger(env.Stderr, level)
	spec, err := o.spec(c, env, args)
	if err != nil {
		return err
	}
	w, err := o.open(c, env)
	if err != nil {
		return err
	}
	defer w.close()
	spec.Root, spec.Foreign, spec.Cwd, spec.Path, spec.LibraryPath = w.FS, w.Foreign, w.Cwd, w.Path, w.LibraryPath
	spec.Log = log
	if spec.Dynamic, err = o.dynamic(c, env); err != nil {
		return err
	}
	if spec.Rules, err = o.ruleFlags.rules(); err != nil {
		return err
	}
	if spec.Dlopen, err = o.ruleFlags.dlopen(c.Flags().Changed("dlopen")); err != nil {
		return err
	}
	if w := storeWarning(env, o.App.Store); w != "" && o.Strict {
		return &pipeline.StrictError{Warnings: []string{w}}
	} else if w != "" {
		log.Warn(w)
	}
	for _, name := range []string{"cc", "experimental-noload-resolver"} {
		if c.Flags().Changed(name) {
			log.Debugf("--%s is not needed: libraries are resolved without compiling or loading anything", name)
		}
	}
	if o.DryRun {
		return dryRun(c.Context(), env, spec, o.JSON)
	}
	ctx, stop := env.Interruptible(c.Context())
	defer stop()
	return pipeline.Run(ctx, spec)
}

// spec turns the flags into a request.
func (o *bundleOptions) spec(c *cobra.Command, env *environment, args []string) (*pipeline.Spec, error) {
	if o.JSON && !o.DryRun {
		return nil, usagef("--json needs --dry-run")
	}
	inputs, out, err := o.arguments(args)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"install-to", "root", "upx", "busybox", "test-user", "test-command", "portable", "image-tar", "tag"} {
		if f := c.Flags().Lookup(name); f.Changed && f.Value.String() == "" {
			return nil, usagef("--%s is empty", name)
		}
	}
	spec := &pipeline.Spec{
		Inputs: inputs, Output: out,
		Include: o.Include, Exclude: o.Exclude, Mkdir: o.Mkdir,
		InstallTo: o.InstallTo, RealDirs: o.RealDirs, Strict: o.Strict,
		TempDir: env.Getenv("TMPDIR"),
	}
	epoch, err := sourceDateEpoch(env)
	if err != nil {
		return nil, err
	}
	spec.Epoch = epoch
	if o.Compress {
		spec.Compress = &pipeline.Compress{UPX: cmp.Or(lookPath(o.UPX), o.UPX), Args: o.UPXArgs}
	}
	if spec.Test, err = o.test(c, env); err != nil {
		return nil, err
	}
	if o.Portable != "" {
		if err := fromEnvironment(c, env, appFlagNames()); err != nil {
			return nil, err
		}
		if spec.Portable, err = o.App.portable(c, o.Portable); err != nil {
			return nil, err
		}
	}
	if spec.Image, err = o.ImageTar.image(epoch); err != nil {
		return nil, err
	}
	spec.Unused = o.unused(c)
	return spec, nil
}

// arguments tells the inputs from OUTPUT, which may be missing if there is
// another output.
func (o *bundleOptions) arguments(args []string) (inputs []string, out string, err error) {
	switch {
	case len(args) == 1 && (o.Portable != "" || o.ImageTar.File != ""):
		return args, "", nil
	case len(args) < 2:
		return nil, "", usagef("two arguments at least are needed: INPUT... OUTPUT")
	case args[len(args)-1] == "":
		return nil, "", usagef("the name of OUTPUT is empty")
	}
	return args[:len(args)-1], args[len(args)-1], nil
}

// unused names the flags that were given but have no effect.
func (o *bundleOptions) unused(c *cobra.Command) []string {
	var out []string
	needs := func(on bool, flag string, names ...string) {
		for _, n := range names {
			if !on && c.Flags().Changed(n) {
				out = append(out, fmt.Sprintf("--%s has no effect without --%s", n, flag))
			}
		}
	}
	needs(o.Test, "test", "test-command", "test-stdin", "test-stdout", "test-env", "test-user", "test-timeout", "busybox")
	needs(o.Compress, "compress", "upx-arg", "upx")
	needs(o.Portable != "", "portable", appFlagNames()...)
	needs(o.ImageTar.File != "", "image-tar", "tag")
	needs(o.On, "dynamic", "dynamic-arg")
	needs(o.runs(), "dynamic", "dynamic-stdin", "dynamic-env", "dynamic-dir", "dynamic-timeout", "dynamic-ready", "trace-log")
	return out
}

func (o *testFlags) test(c *cobra.Command, env *environment) (*pipeline.Test, error) {
	if !o.Test {
		return nil, nil
	}
	t := &pipeline.Test{
		Command: o.Command, Stdin: o.Stdin, Env: o.Env, Timeout: o.Timeout,
		Busybox: lookPath(o.Busybox), BusyboxName: o.Busybox,
	}
	if o.Timeout <= 0 {
		return nil, usagef("--test-timeout must be more than 0")
	}
	if c.Flags().Changed("test-stdout") {
		t.WantStdout = &o.Stdout
	}
	for _, kv := range o.Env {
		if strings.Index(kv, "=") < 1 {
			return nil, usagef("--test-env %q is not K=V", kv)
		}
	}
	if o.User == "" {
		return t, nil
	}
	uid, gid, ok := strings.Cut(o.User, ":")
	u, err := strconv.ParseUint(uid, 10, 31)
	g := u
	if ok && err == nil {
		g, err = strconv.ParseUint(gid, 10, 31)
	}
	if err != nil {
		return nil, usagef("--test-user %q is not UID or UID:GID in numbers", o.User)
	}
	user := int(u)
	t.UID = &user
	if ok {
		group := int(g)
		t.GID = &group
	}
	return t, nil
}

// lookPath finds a helper program on the caller's PATH; empty if there is none.
func lookPath(name string) string {
	found, err := exec.LookPath(name)
	if err != nil && !errors.Is(err, exec.ErrDot) {
		return ""
	}
	if abs, err := filepath.Abs(found); err == nil {
		return abs
	}
	return found
}

// sourceDateEpoch reads SOURCE_DATE_EPOCH
// (https://reproducible-builds.org/specs/source-date-epoch/).
func sourceDateEpoch(env *environment) (*time.Time, error) {
	text := env.Getenv("SOURCE_DATE_EPOCH")
	if text == "" {
		return nil, nil
	}
	secs, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, usagef("SOURCE_DATE_EPOCH is %q, not a number of seconds", text)
	}
	t := time.Unix(secs, 0).UTC()
	return &t, nil
}

func usagef(format string, args ...any) error {
	return &usageError{err: fmt.Errorf(format, args...)}
}
