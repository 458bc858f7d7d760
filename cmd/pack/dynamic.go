package main

import (
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/5bbb5df2/pack/pkg/pipeline"
)

// dynamicGrace is how long a traced program that is ended has between SIGTERM
// and SIGKILL, as with docker stop.
const dynamicGrace = 10 * time.Second

// dynamicFlags are the flags about --dynamic.
type dynamicFlags struct {
	On       bool
	Args     []string
	Commands []string
	Stdin    string
	Env      []string
	Dir      string
	Timeout  time.Duration
	Ready    string
	Log      string
}

func (o *dynamicFlags) add(c *cobra.Command) {
	f := c.Flags()
	f.BoolVarP(&o.On, "dynamic", "d", false, "run the program and add what it and its children open")
	f.StringArrayVar(&o.Args, "dynamic-arg", nil, "pass `ARG` to that run (repeatable)")
	f.StringArrayVar(&o.Commands, "dynamic-command", nil, "run `CMD` as well, or without --dynamic instead: words as in a shell (repeatable)")
	f.StringVar(&o.Stdin, "dynamic-stdin", "", "the standard input of each run, `TEXT` (default: pack's own for the first, nothing for others)")
	f.StringArrayVar(&o.Env, "dynamic-env", nil, "set `K=V` for the runs (repeatable)")
	f.StringVar(&o.Dir, "dynamic-dir", "", "run them in the directory `DIR`")
	f.DurationVar(&o.Timeout, "dynamic-timeout", 0, "end a run after `DURATION`, which is no failure")
	f.StringVar(&o.Ready, "dynamic-ready", "", "while the last run serves, try `CMD` by sh -c until it succeeds, then end the run")
	f.StringVar(&o.Log, "trace-log", "", "write all that the runs did with files to `FILE`, a JSON object a line")
}

// runs says whether anything is to be run under observation.
func (o *dynamicFlags) runs() bool { return o.On || len(o.Commands) > 0 }

func (o *dynamicFlags) dynamic(c *cobra.Command, env *environment) (*pipeline.Dynamic, error) {
	if !o.runs() {
		return nil, nil
	}
	f := c.Flags()
	for _, name := range []string{"dynamic-dir", "dynamic-ready", "trace-log"} {
		if f.Changed(name) && f.Lookup(name).Value.String() == "" {
			return nil, usagef("--%s is empty", name)
		}
	}
	if f.Changed("dynamic-timeout") && o.Timeout <= 0 {
		return nil, usagef("--dynamic-timeout must be more than 0")
	}
	for _, kv := range o.Env {
		if strings.Index(kv, "=") < 1 {
			return nil, usagef("--dynamic-env %q is not K=V", kv)
		}
	}
	d := &pipeline.Dynamic{
		Input: o.On, Args: o.Args, Commands: o.Commands,
		Env: slices.Concat(env.Environ(), o.Env), Dir: o.Dir,
		Stdin: env.Stdin, Output: env.Stderr,
		Timeout: o.Timeout, Grace: dynamicGrace, Ready: o.Ready,
		Log: o.Log, Home: env.Getenv("HOME"),
	}
	if f.Changed("dynamic-stdin") {
		d.Text = &o.Stdin
	}
	return d, nil
}
