package main

import (
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/5bbb5df2/pack/pkg/pipeline"
)

// dynamicFlags are the flags about --dynamic.
type dynamicFlags struct {
	On    bool
	Args  []string
	Stdin string
}

func (o *dynamicFlags) add(c *cobra.Command) {
	f := c.Flags()
	f.BoolVarP(&o.On, "dynamic", "d", false, "run the program and add what it opens")
	f.StringArrayVar(&o.Args, "dynamic-arg", nil, "pass `ARG` to that run (repeatable)")
	f.StringVar(&o.Stdin, "dynamic-stdin", "", "its standard input, `TEXT` (default: pack's own)")
}

func (o *dynamicFlags) dynamic(c *cobra.Command, env *environment) *pipeline.Dynamic {
	if !o.On {
		return nil
	}
	var stdin io.Reader = env.Stdin
	if c.Flags().Changed("dynamic-stdin") {
		stdin = strings.NewReader(o.Stdin)
	}
	return &pipeline.Dynamic{Args: o.Args, Env: env.Environ(), Stdin: stdin, Output: env.Stderr, Home: env.Getenv("HOME")}
}
