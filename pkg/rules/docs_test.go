package rules

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/rules.md")

const docs = "../../docs/rules.md"

const docsHead = `<!-- Generated from pkg/rules/table.txt: go test ./pkg/rules -update -->

# Rules

What a program needs that no ELF header names. A rule applies where one piece of
its evidence is in the bundle; ` + "`pack rules NAME`" + ` shows it as it is, and ` + "`--with NAME`" + `,
` + "`--without NAME`" + `, ` + "`--without all`" + ` and ` + "`--rules FILE`" + ` choose. The format of a rule file is
that of [table.txt](../pkg/rules/table.txt), explained in
[parse.go](../pkg/rules/parse.go). ` + "`$lib`" + ` are the loader's own directories,
` + "`$dir`" + ` is where the evidence lies and ` + "`$prefix`" + ` the tree it is installed in.

Rules that are off are marked so; most give a hint where their evidence is found.
Sizes are classes, of the files that a rule itself adds: small is up to 2 MiB,
medium up to 16 MiB, large beyond that or up to what the machine has installed.

| rule | evidence | adds | size | default | why |
| --- | --- | --- | --- | --- | --- |
`

// TestDocs compares docs/rules.md with the table.
func TestDocs(t *testing.T) {
	list, err := Default()
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

func evidence(r Rule) string {
	out := kinds(r.When)
	if len(r.And) > 0 {
		out += ", and " + kinds(r.And)
	}
	if len(r.Unless) > 0 {
		out += ", unless " + kinds(r.Unless)
	}
	return out
}

func kinds(list []Evidence) string {
	var out []string
	last := Kind("")
	for _, e := range list {
		switch {
		case e.Kind == Always:
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

func adds(r Rule) string {
	var out []string
	for _, a := range r.Do {
		switch a.Verb {
		case Add, Run:
			out = append(out, code(a.Arg))
		case Make:
			out = append(out, "made: "+a.Arg)
		case Dir:
			out = append(out, code(a.Arg+"/"))
		default:
			out = append(out, code(a.Arg))
		}
	}
	return strings.Join(out, " ")
}

func onOff(r Rule) string {
	if r.If != "" {
		return r.Default() + ": " + cell(r.If)
	}
	return r.Default()
}

func code(s string) string { return "`" + cell(s) + "`" }

func cell(s string) string { return strings.NewReplacer("|", `\|`, "\x00", `\0`).Replace(s) }
