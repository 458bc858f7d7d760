package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/5bbb5df2/pack/pkg/manpage"
	"github.com/5bbb5df2/pack/pkg/pipeline"
)

// newManPagesCommand makes a command that help does not list: packagers call
// it, and "make man". It is not called man, which is a program to bundle.
func newManPagesCommand(env *environment) *cobra.Command {
	c := &cobra.Command{
		Use:    "man-pages DIR",
		Short:  "Write the manual pages to a directory",
		Long:   "man-pages writes pack.1, and a page for each command, to the directory DIR.\n" + exitStatus,
		Hidden: true,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &usageError{err: usagef("one argument is needed: DIR"), of: c.CommandPath()}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			date, err := sourceDateEpoch(env)
			if err != nil {
				return err
			}
			if date == nil {
				date = new(time.Time)
			}
			return writeManPages(c.Root(), args[0], *date)
		},
	}
	return configure(c)
}

// writeManPages writes the page of root and one for each of its commands.
func writeManPages(root *cobra.Command, dir string, date time.Time) error {
	for _, c := range append([]*cobra.Command{root}, documented(root)...) {
		p := manPage(c)
		p.Date = date
		var b bytes.Buffer
		if _, err := p.WriteTo(&b); err != nil {
			return err
		}
		if err := replaceFile(filepath.Join(dir, p.Name+".1"), b.Bytes()); err != nil {
			return &pipeline.HintError{Err: fmt.Errorf("cannot write %s.1 in %s: %w", p.Name, dir, pathCause(err)), Advice: "name a directory that exists and is yours to write to"}
		}
	}
	return nil
}

// documented are the commands that help lists, but for help itself.
func documented(c *cobra.Command) []*cobra.Command {
	return slices.DeleteFunc(slices.Clone(c.Commands()), func(c *cobra.Command) bool { return c.Hidden || c.Name() == "help" })
}

func manPage(c *cobra.Command) *manpage.Page {
	p := &manpage.Page{
		Name: pageName(c), Short: c.Short, Synopsis: synopsis(c), Text: c.Long,
		Options: options(c), Examples: c.Example, Source: "pack " + version,
	}
	for _, sub := range documented(c) {
		p.Commands = append(p.Commands, manpage.Item{Term: strings.Join(append([]string{sub.Name()}, sub.Aliases...), ", "), Text: sub.Short + "."})
	}
	for _, other := range append([]*cobra.Command{c.Root()}, documented(c.Root())...) {
		if other != c && (c.HasParent() == !other.HasParent()) {
			p.SeeAlso = append(p.SeeAlso, pageName(other))
		}
	}
	return p
}

func pageName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

func synopsis(c *cobra.Command) string {
	line := c.Use
	if c.HasParent() {
		line = c.Parent().CommandPath() + " " + line
	}
	return strings.Replace(line, "[flags]", "[FLAGS]", 1)
}

func options(c *cobra.Command) []manpage.Item {
	c.InitDefaultHelpFlag()
	c.InitDefaultVersionFlag()
	var items []manpage.Item
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, text := pflag.UnquoteUsage(f)
		term := "--" + f.Name
		if f.Shorthand != "" {
			term = "-" + f.Shorthand + ", " + term
		}
		items = append(items, manpage.Item{Term: strings.TrimSpace(term + " " + value), Text: text + defaultValue(f) + "."})
	})
	return items
}

// defaultValue says what the flag is if it is not given, where that is more
// than nothing.
func defaultValue(f *pflag.Flag) string {
	if slices.Contains([]string{"", "false", "0", "0s", "[]"}, f.DefValue) || strings.Contains(f.Usage, "(default") {
		return ""
	}
	return " (default: " + f.DefValue + ")"
}

// replaceFile writes a file that is complete or as it was.
func replaceFile(name string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(name), ".pack-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	if _, err = tmp.Write(data); err == nil {
		err = tmp.Chmod(0o644)
	}
	if closed := tmp.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), name)
}
