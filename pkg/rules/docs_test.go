package rules_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/5bbb5df2/pack/pkg/rules"
)

var update = flag.Bool("update", false, "write docs/rules.md")

const docs = "../../docs/rules.md"

const docsHead = `<!-- Generated from pkg/rules/table.txt: go test ./pkg/rules -update -->

# Rules

What a program needs that no ELF header names. A rule applies where one piece of
its evidence is in the bundle; ` + "`pack rules NAME`" + ` shows it as it is, and ` + "`--with NAME`" + `,
` + "`--without NAME`" + `, ` + "`--without all`" + ` and ` + "`--rules FILE`" + ` choose. The format of a rule file is
that of [table.txt](../pkg/rules/table.txt), explained in
[rules.go](../pkg/rules/rules.go). ` + "`$lib`" + ` are the loader's own directories,
` + "`$dir`" + ` is where the evidence lies and ` + "`$prefix`" + ` the tree it is installed in.

Rules that are off are marked so; most give a hint where their evidence is found.
Sizes are classes: small is up to about a megabyte, medium up to about ten, large
beyond that or up to what the machine has installed.

| rule | evidence | adds | size | default | why |
| --- | --- | --- | --- | --- | --- |
`

// TestDocs compares docs/rules.md with the table.
func TestDocs(t *testing.T) {
	list, err := rules.Default()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString(docsHead)
	for _, r := range list {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", r.Name, evidence(r), adds(r), r.Size, onOff(r), cell(r.Why))
	}
	if *update {
		if err := os.WriteFile(docs, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != b.String() {
		t.Error("docs/rules.md is not what the table says: run go test ./pkg/rules -update")
	}
}

func evidence(r rules.Rule) string {
	var out []string
	last := rules.Kind("")
	for _, e := range r.When {
		switch {
		case e.Kind == rules.Always:
			out = append(out, "asked for")
		case e.Kind == last:
			out = append(out, code(e.Arg))
		default:
			out = append(out, string(e.Kind)+" "+code(e.Arg))
		}
		last = e.Kind
	}
	return strings.Join(out, ", ")
}

func adds(r rules.Rule) string {
	var out []string
	for _, a := range r.Do {
		switch a.Verb {
		case rules.Add, rules.Run:
			out = append(out, code(a.Arg))
		case rules.Make:
			out = append(out, "made: "+a.Arg)
		case rules.Dir:
			out = append(out, code(a.Arg+"/"))
		default:
			out = append(out, code(a.Arg))
		}
	}
	return strings.Join(out, " ")
}

func onOff(r rules.Rule) string {
	switch {
	case r.On:
		return "on"
	case r.If != "":
		return "off: " + cell(r.If)
	}
	return "off"
}

func code(s string) string { return "`" + cell(s) + "`" }

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
