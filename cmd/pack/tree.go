package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/5bbb5df2/pack/pkg/closure"
	"github.com/5bbb5df2/pack/pkg/ldso"
	"github.com/5bbb5df2/pack/pkg/pipeline"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

type treeOptions struct {
	rootFlags
	List, JSON bool
}

func newTreeCommand(env *environment) *cobra.Command {
	var o treeOptions
	c := &cobra.Command{
		Use:   "tree [flags] FILE...",
		Short: "Show everything the loader would map for each FILE, and how it is found",
		Long: `tree prints the closure of each FILE: what it needs, indented below it, with the
file that serves and the rule by which the loader finds it, or what is missing.
` + exitStatus,
		Example: `  pack tree /usr/bin/git
  pack tree --list /usr/bin/ffmpeg | xargs du -chL`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return &usageError{err: errors.New("no FILE named"), of: "pack tree"}
			}
			if o.List && o.JSON {
				return &usageError{err: errors.New("--list and --json exclude each other"), of: "pack tree"}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return runTree(c, env, &o, args) },
	}
	c.Flags().BoolVar(&o.List, "list", false, "one real path a line: every file the loader would map, in load order")
	c.Flags().BoolVar(&o.JSON, "json", false, "print it as JSON")
	o.add(c)
	return configure(c)
}

func runTree(c *cobra.Command, env *environment, o *treeOptions, args []string) error {
	w, err := o.open(c, env)
	if err != nil {
		return err
	}
	defer w.close()
	root := rootfs.Memo(w.FS)
	finder := pipeline.Finder{Root: root, Cwd: w.Cwd, Path: w.Path, Resolver: closure.New(closure.Options{Root: root, LibraryPath: w.LibraryPath, Cwd: w.Cwd})}
	var programs []*pipeline.Program
	var missing []error
	for _, name := range args {
		p, err := finder.Find(name)
		var m *pipeline.MissingError
		if errors.As(err, &m) {
			missing = append(missing, m.Problems...)
			continue
		}
		if err != nil {
			return err
		}
		p.Each(func(p *pipeline.Program) {
			if p.Graph != nil {
				missing = append(missing, p.Graph.Problems...)
			}
		})
		programs = append(programs, p)
	}
	if err := printPrograms(env.Stdout, o, programs); err != nil {
		return err
	}
	if len(missing) > 0 {
		return &pipeline.MissingError{Problems: missing}
	}
	return nil
}

func printPrograms(w io.Writer, o *treeOptions, programs []*pipeline.Program) error {
	var b strings.Builder
	switch {
	case o.JSON:
		return printTreeJSON(w, programs)
	case o.List:
		seen := map[string]bool{}
		for _, p := range programs {
			p.Each(func(p *pipeline.Program) { list(&b, p, seen) })
		}
	default:
		for _, p := range programs {
			p.Each(func(p *pipeline.Program) { draw(&b, p) })
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// list prints the real paths of a program and of what its loader maps, each
// once over the whole output.
func list(b *strings.Builder, p *pipeline.Program, seen map[string]bool) {
	reals := []string{p.Real}
	if p.Graph != nil {
		for _, n := range p.Graph.Nodes {
			reals = append(reals, n.Real)
		}
	}
	for _, r := range reals {
		if !seen[r] {
			seen[r] = true
			b.WriteString(r + "\n")
		}
	}
}

// draw prints the tree of one program.
func draw(b *strings.Builder, p *pipeline.Program) {
	b.WriteString(printable(p.Path))
	if p.Real != p.Path {
		b.WriteString(" => " + printable(p.Real))
	}
	switch {
	case p.Script != nil:
		b.WriteString(" [script, #! " + printable(strings.TrimSpace(p.Script.Interp+" "+p.Script.Arg)) + "]")
	case p.Graph.System == nil:
		b.WriteString(" [static]")
	}
	b.WriteByte('\n')
	if p.Graph != nil {
		drawNode(b, p.Graph.Main, 1, map[*closure.Node]bool{p.Graph.Main: true})
		for _, v := range p.Graph.Variants {
			if v.Kind == closure.Variant {
				fmt.Fprintf(b, "  %s => %s [for processors that have it]\n", printable(v.Name), printable(v.Path))
			}
		}
		for _, w := range p.Graph.Warnings {
			fmt.Fprintf(b, "  warning: %s\n", oneLine(w))
		}
	}
}

func drawNode(b *strings.Builder, n *closure.Node, depth int, seen map[*closure.Node]bool) {
	indent := strings.Repeat("  ", depth)
	for _, e := range n.Edges {
		if e.To == nil {
			fmt.Fprintf(b, "%s%s => not found\n", indent, printable(e.Name))
			continue
		}
		how := e.Found.String()
		if e.Found.How == ldso.BySoname {
			how = e.To.Found.String()
		}
		if seen[e.To] {
			how = "above"
		}
		fmt.Fprintf(b, "%s%s => %s [%s]\n", indent, printable(e.Name), printable(e.To.Path), printable(how))
		if !seen[e.To] {
			seen[e.To] = true
			drawNode(b, e.To, depth+1, seen)
		}
	}
}

// The JSON form of a tree: every object once, with its dependencies by name.
type (
	jsonProgram struct {
		File     string       `json:"file"`
		Path     string       `json:"path"`
		Real     string       `json:"real"`
		Script   string       `json:"script,omitempty"`
		Interp   string       `json:"interp,omitempty"`
		Objects  []jsonObject `json:"objects"`
		Problems []string     `json:"problems"`
		Warnings []string     `json:"warnings"`
	}
	jsonObject struct {
		Path    string     `json:"path"`
		Real    string     `json:"real"`
		Soname  string     `json:"soname,omitempty"`
		Machine string     `json:"machine"`
		Class   string     `json:"class"`
		Variant bool       `json:"hwcaps,omitempty"`
		Needs   []jsonNeed `json:"needs"`
	}
	jsonNeed struct {
		Kind string `json:"kind"`
		Name string `json:"name"`
		Path string `json:"path,omitempty"`
		How  string `json:"how,omitempty"`
		Dir  string `json:"dir,omitempty"`
		Err  string `json:"error,omitempty"`
	}
)

func printTreeJSON(w io.Writer, programs []*pipeline.Program) error {
	out := []jsonProgram{}
	for _, p := range programs {
		p.Each(func(p *pipeline.Program) { out = append(out, toJSON(p)) })
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(out)
}

func toJSON(p *pipeline.Program) jsonProgram {
	j := jsonProgram{File: p.Name, Path: p.Path, Real: p.Real, Objects: []jsonObject{}, Problems: []string{}, Warnings: append([]string{}, p.Warnings...)}
	if p.Script != nil {
		j.Script = strings.TrimSpace(p.Script.Interp + " " + p.Script.Arg)
	}
	if p.Graph == nil {
		return j
	}
	j.Interp = p.Graph.Main.Obj.Interp
	j.Warnings = append(j.Warnings, p.Graph.Warnings...)
	for _, e := range p.Graph.Problems {
		j.Problems = append(j.Problems, e.Error())
	}
	for i, n := range p.Graph.Objects() {
		o := jsonObject{Path: n.Path, Real: n.Real, Soname: n.Obj.Soname, Machine: n.Obj.Machine.String(), Class: n.Obj.Class.String(), Variant: i >= len(p.Graph.Nodes), Needs: []jsonNeed{}}
		for _, e := range n.Edges {
			need := jsonNeed{Kind: string(e.Kind), Name: e.Name, How: string(e.Found.How), Dir: e.Found.Dir}
			if e.To != nil {
				need.Path = e.To.Path
			}
			if e.Err != nil {
				need.Err = e.Err.Error()
			}
			o.Needs = append(o.Needs, need)
		}
		j.Objects = append(j.Objects, o)
	}
	return j
}
