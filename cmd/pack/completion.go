package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/5bbb5df2/pack/pkg/image"
	"github.com/5bbb5df2/pack/pkg/object"
	"github.com/5bbb5df2/pack/pkg/pipeline"
	"github.com/5bbb5df2/pack/pkg/rules"
)

func newCompletionCommand(env *environment) *cobra.Command {
	shells := []string{"bash", "zsh", "fish"}
	c := &cobra.Command{
		Use:   "completion bash|zsh|fish",
		Short: "Print what makes a shell complete pack's command lines",
		Long: `completion prints a script for the shell named. It completes commands, flags,
the values of flags and names of rules by asking pack itself. bash needs its
package bash-completion.
` + exitStatus,
		Example: `  pack completion bash > /usr/local/share/bash-completion/completions/pack
  pack completion zsh > /usr/local/share/zsh/site-functions/_pack
  pack completion fish > ~/.config/fish/completions/pack.fish`,
		ValidArgs: shells,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 || !slices.Contains(shells, args[0]) {
				return &usageError{err: usagef("one argument is needed: %s", oneOf(shells)), of: c.CommandPath()}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			switch args[0] {
			case "bash":
				return c.Root().GenBashCompletionV2(env.Stdout, true)
			case "zsh":
				return c.Root().GenZshCompletion(env.Stdout)
			}
			return c.Root().GenFishCompletion(env.Stdout, true)
		},
	}
	return configure(c)
}

// isCompletion tells whether a shell asks for what may come next.
func isCompletion(args []string) bool {
	return len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd)
}

// addCompletions says of the arguments and flags that take one of a few values
// which these are. No other process than isCompletion's needs it.
func addCompletions(root *cobra.Command) {
	// Without this, cobra offers no file as long as there are commands.
	root.ValidArgsFunction = files
	for _, c := range append([]*cobra.Command{root}, root.Commands()...) {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if complete := completion(c, f); complete != nil {
				// It fails for a flag that there is not, or one that has a function.
				_ = c.RegisterFlagCompletionFunc(f.Name, complete)
			}
			// Shells show the text as it is, with the quotes that mark the value's name.
			_, f.Usage = pflag.UnquoteUsage(f)
		})
		switch c.Name() {
		case "rules":
			c.ValidArgsFunction = words(ruleNames())
		case "bundle":
			c.ValidArgsFunction = cobra.NoFileCompletions
		}
	}
}

func files(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveDefault
}

func directories(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// completion is how the value of a flag is completed; nil if by file names.
func completion(c *cobra.Command, f *pflag.Flag) cobra.CompletionFunc {
	values := flagValues(c.Name(), f.Name)
	name, _ := pflag.UnquoteUsage(f)
	switch {
	case values != nil && f.Value.Type() == "stringSlice":
		return listOf(values)
	case values != nil:
		return words(values)
	case name == "DIR": // so every usage calls a directory
		return directories
	}
	return nil
}

// flagValues are the values that a flag takes, nil if they are not a few.
func flagValues(command, flag string) []string {
	switch flag {
	case "format":
		return []string{string(pipeline.DockerArchive), string(pipeline.OCIArchive), string(pipeline.OCIDir)}
	case "with":
		return ruleNames()
	case "without":
		return append(ruleNames(), "all")
	case "dlopen":
		return []string{object.DlopenRequired, object.DlopenRecommended, object.DlopenSuggested, "none"}
	case "log-level":
		return logLevels()
	}
	if command == "image" && flag == "compression" {
		return image.Compressions()
	}
	return appChoices()[flag]
}

func ruleNames() []string {
	var names []string
	for _, r := range rules.NewDefaultSet().Rules() {
		names = append(names, r.Name)
	}
	return names
}

// words completes one of words.
func words(values []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return beginning(values, "", begun), cobra.ShellCompDirectiveNoFileComp
	}
}

// listOf completes the last of words with commas between.
func listOf(values []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		done := begun[:strings.LastIndex(begun, ",")+1]
		return beginning(values, done, begun), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}

// beginning are the values that, after what is done, continue what is begun.
func beginning(values []string, done, begun string) []cobra.Completion {
	var found []cobra.Completion
	for _, v := range values {
		if v != "" && strings.HasPrefix(done+v, begun) {
			found = append(found, done+v)
		}
	}
	return found
}
