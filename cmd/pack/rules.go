package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/5bbb5df2/pack/pkg/object"
	"github.com/5bbb5df2/pack/pkg/pipeline"
	"github.com/5bbb5df2/pack/pkg/rules"
)

// ruleFlags choose among the rules.
type ruleFlags struct {
	Files, With, Without []string
	Dlopen               string
	Features             []string
}

func (o *ruleFlags) add(c *cobra.Command) {
	f := c.Flags()
	f.StringSliceVar(&o.With, "with", nil, "apply the rules `NAME,...` even if they are off, or nothing shows that they are needed (repeatable)")
	f.StringSliceVar(&o.Without, "without", nil, "do not apply the rules `NAME,...` (repeatable); all leaves the closure alone: it implies --dlopen none unless --dlopen is given")
	f.StringArrayVar(&o.Files, "rules", nil, "read more rules from `FILE` (repeatable)")
	f.StringVar(&o.Dlopen, "dlopen", object.DlopenRecommended, "add the libraries that files say they open, down to `LEVEL`: required, recommended, suggested or none")
	f.StringArrayVar(&o.Features, "dlopen-feature", nil, "whatever the level, add what a file opens for a feature, `[+|-][LIBRARY:]FEATURE`, or with - leave it out (repeatable, * for any text)")
}

// alone tells whether nothing but the closure is wanted.
func (o *ruleFlags) alone() bool {
	return slices.Contains(o.Without, "all") && len(o.With) == 0
}

// dlopen reads the choice among what files say they open; given tells whether
// the user wrote a level.
func (o *ruleFlags) dlopen(given bool) (*pipeline.Dlopen, error) {
	d := &pipeline.Dlopen{Level: o.Dlopen}
	switch o.Dlopen {
	case "none":
		d.Level = ""
	case object.DlopenRequired, object.DlopenRecommended, object.DlopenSuggested:
	default:
		return nil, usagef("--dlopen takes required, recommended, suggested or none, not %q", o.Dlopen)
	}
	if slices.Contains(o.Without, "all") && !given {
		if len(o.Features) == 0 {
			return nil, nil
		}
		d.Level = ""
	}
	for _, text := range o.Features {
		f, err := pipeline.ParseFeature(text)
		if err != nil {
			return nil, &usageError{err: fmt.Errorf("--dlopen-feature: %w", err)}
		}
		d.Features = append(d.Features, f)
	}
	return d, nil
}

// rules reads the rules and the choice among them.
func (o *ruleFlags) rules() (*pipeline.Rules, error) {
	var own [][]rules.Rule
	for _, name := range o.Files {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, &usageError{err: fmt.Errorf("cannot read the rules: %w", err)}
		}
		list, err := rules.Parse(name, string(text))
		if err != nil {
			return nil, &usageError{err: err}
		}
		own = append(own, list)
	}
	if o.alone() && len(o.Without) == 1 {
		return nil, nil // nobody need look for evidence
	}
	return &pipeline.Rules{Set: rules.NewDefaultSet(own...), With: o.With, Without: o.Without}, nil
}

func newRulesCommand(env *environment) *cobra.Command {
	var o ruleFlags
	c := &cobra.Command{
		Use:   "rules [flags] [NAME...]",
		Short: "Show the rules for what no ELF header names",
		Long: `rules lists the rules by which pack adds what a program needs beyond its shared
objects: name service modules, certificates, an interpreter's library. A line is
the rule's name, whether it is on without being asked for, what it adds (small,
medium, large), and why. With NAME it shows what a rule looks for and what it
adds. "pack --with NAME" and "pack --without NAME" choose.
` + exitStatus,
		Example: "  pack rules\n  pack rules certificates",
		Args:    cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			r, err := o.rules()
			if err != nil {
				return err
			}
			if len(args) == 0 {
				return listRules(env.Stdout, r.Set)
			}
			for _, name := range args {
				rule := r.Set.Rule(name)
				if rule == nil {
					return &pipeline.HintError{Err: usagef("there is no rule %q", name), Advice: "pack rules lists them"}
				}
				if err := showRule(env.Stdout, rule); err != nil {
					return err
				}
			}
			return nil
		},
	}
	c.Flags().StringArrayVar(&o.Files, "rules", nil, "read more rules from `FILE` (repeatable)")
	return configure(c)
}

func listRules(w io.Writer, set *rules.Set) error {
	var b strings.Builder
	width := 0
	for _, r := range set.Rules() {
		width = max(width, len(r.Name))
	}
	for _, r := range set.Rules() {
		fmt.Fprintf(&b, "%-*s  %-3s  %-6s  %s\n", width, r.Name, r.Default(), r.Size, r.Why)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// showRule prints a rule as a rule file has it.
func showRule(w io.Writer, r *rules.Rule) error {
	_, err := io.WriteString(w, r.String())
	return err
}
