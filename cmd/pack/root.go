package main

import (
	"context"
	"io"
	"slices"

	"github.com/spf13/cobra"
)

// environment is everything of the process that a command may look at.
type environment struct {
	Args           []string
	Getenv         func(string) string
	Environ        func() []string
	Getwd          func() (string, error)
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Interruptible returns a context that ends with a signal, for commands
	// that have something to clean up; the others just die of it.
	Interruptible func(context.Context) (context.Context, func())
}

// version is set by the linker.
var version = "devel"

// run executes one command line and returns the exit status.
func run(ctx context.Context, env environment) int {
	others := []*cobra.Command{newTreeCommand(&env), newRulesCommand(&env), newPortableCommand(&env), newExtractCommand(&env), newAssetsCommand(&env), newRenderCommand(&env), newImageCommand(&env), newUnpackCommand(&env)}
	root := newBundleCommand(&env, !names(others, env.Args))
	root.AddCommand(others...)
	// These two and __complete tell of the root's flags, which it has for them.
	root.AddCommand(newCompletionCommand(&env), newManPagesCommand(&env))
	if isCompletion(env.Args) {
		addCompletions(root)
	}
	root.SetArgs(env.Args)
	root.SetOut(env.Stdout)
	root.SetErr(env.Stderr)
	return report(env.Stderr, root.ExecuteContext(ctx))
}

// names reports whether the first argument is the name of one of commands.
func names(commands []*cobra.Command, args []string) bool {
	return len(args) > 0 && slices.ContainsFunc(commands, func(c *cobra.Command) bool { return c.Name() == args[0] || c.HasAlias(args[0]) })
}

// configure sets what all commands have in common.
func configure(c *cobra.Command) *cobra.Command {
	c.SilenceErrors = true
	c.SilenceUsage = true
	c.DisableSuggestions = true
	c.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return &usageError{err: err, of: c.CommandPath()} })
	return c
}

const exitStatus = `
EXIT STATUS
  0  success
  1  any other failure
  2  the command line is wrong
  3  a library, interpreter or symbol version is missing
  4  the test failed
  5  the traced run failed, or tracing is refused here
`
