package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"
)

// environment is everything of the process that a command may look at.
type environment struct {
	Args           []string
	Getenv         func(string) string
	Getwd          func() (string, error)
	Stdout, Stderr io.Writer
}

// version is set by the linker.
var version = "devel"

// run executes one command line and returns the exit status.
func run(ctx context.Context, env environment) int {
	root := newBundleCommand(&env)
	root.AddCommand(newTreeCommand(&env))
	root.SetArgs(env.Args)
	root.SetOut(env.Stdout)
	root.SetErr(env.Stderr)
	return report(env.Stderr, root.ExecuteContext(ctx))
}

// configure sets what all commands have in common.
func configure(c *cobra.Command) *cobra.Command {
	c.SilenceErrors = true
	c.SilenceUsage = true
	c.DisableSuggestions = true
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &usageError{err} })
	return c
}

const exitStatus = `
EXIT STATUS
  0  success
  1  any other failure
  2  the command line is wrong
  3  a library, interpreter or symbol version is missing
  4  the test failed
`
