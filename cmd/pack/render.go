package main

import (
	"github.com/sirupsen/logrus"
	"github.com/spf13/cobra"

	"github.com/5bbb5df2/pack/pkg/pipeline"
	"github.com/5bbb5df2/pack/pkg/plan"
)

func newRenderCommand(env *environment) *cobra.Command {
	var o sourceFlags
	c := &cobra.Command{
		Use:   "render [flags] DIR",
		Short: "Write the Go source of a portable file instead of the file",
		Long: `render writes to the directory DIR the source of the program that "pack bundle"
puts in front of its payload, with the payload: a Go module with all it needs.
"go build" in DIR, which takes no network, makes the portable file; with
-ldflags '-s -w -E _pack_entry' just as pack has it.
` + environmentText + exitStatus,
		Example: `  pack render ./src --directory ./rootfs --entrypoint /usr/bin/app
  cd src && CGO_ENABLED=0 go build`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &usageError{err: usagef("one argument is needed: DIR"), of: c.CommandPath()}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			if err := fromEnvironment(c, env, append(appFlagNames(), "directory", "image", "local")); err != nil {
				return err
			}
			ctx, stop := env.Interruptible(c.Context())
			defer stop()
			return o.make(ctx, c, env, args[0], func(p *pipeline.Portable, tree *plan.Plan, log *logrus.Logger) error {
				return p.Render(ctx, tree, log)
			})
		},
	}
	o.add(c)
	return configure(pointing(c))
}
