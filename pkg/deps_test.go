// Package pkg_test keeps the arrows of README.md's picture true.
package pkg_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/5bbb5df2/pack/"

// allowed lists, for each package, which packages of this module it may
// import directly. What is missing here must not exist.
var allowed = map[string][]string{
	"pkg/rootfs":             nil, // the bottom: knows files, nothing of programs
	"pkg/object":             nil, // bytes in, facts out
	"pkg/relink":             nil, // bytes in, edits out
	"pkg/sandbox":            nil, // the portable launcher will be made of it: keep it lean
	"pkg/lazyregexp":         nil, // regular expressions, compiled when they are first used
	"pkg/treefd":             nil, // system calls below a directory, for output and the launcher
	"pkg/scripts":            {"pkg/lazyregexp"},
	"pkg/glob":               {"pkg/rootfs"},
	"pkg/python":             {"pkg/glob", "pkg/lazyregexp", "pkg/rootfs", "pkg/scripts"}, // says what is needed; who asks adds it
	"pkg/upx":                {"pkg/rootfs"},
	"pkg/ldso":               {"pkg/rootfs", "pkg/object", "pkg/glob"},
	"pkg/closure":            {"pkg/ldso", "pkg/object", "pkg/rootfs"},
	"pkg/rules":              {"pkg/glob"},                                             // a table and its reader, which checks the globs
	"pkg/plan":               {"pkg/rootfs"},                                           // a plan knows sources, not how they were found
	"pkg/output":             {"pkg/plan", "pkg/portable", "pkg/rootfs", "pkg/treefd"}, // a sink decides nothing
	"pkg/jail":               {"pkg/sandbox", "pkg/trace"},                             // runs a directory, whoever made it
	"pkg/trace":              nil,                                                      // events, and which of them matter; it knows no plan
	"pkg/portable":           {"pkg/treefd"},                                           // the launcher is made of it: decoders are passed in
	"pkg/launch":             {"pkg/portable", "pkg/sandbox"},                          // decoders are passed in here too
	"cmd/launcher":           {"pkg/launch", "pkg/portable", "pkg/relink", "pkg/sandbox", "pkg/treefd", "pkg/codec/decode", "pkg/codec/zst"},
	"pkg/codec":              {"pkg/codec/decode"},                    // every codec there is, for making
	"pkg/codec/decode":       {"pkg/codec/zst"},                       // every codec, for reading
	"pkg/codec/zst":          nil,                                     // the one decoder that every launcher has
	"pkg/spool":              {"pkg/rootfs"},                          // files that nobody else sees
	"pkg/oci":                {"pkg/plan", "pkg/rootfs", "pkg/spool"}, // an image becomes a plan; who asks for it decides
	"pkg/image":              {"pkg/output", "pkg/plan", "pkg/spool"}, // a plan becomes an image; where it goes is not its business
	"pkg/launchers":          nil,                                     // bytes made by its generator
	"pkg/manpage":            nil,                                     // text in, roff out
	"pkg/launchers/generate": {"pkg/launchers"},
	"pkg/launchers/consts":   nil,   // a file of the launcher in the place of another
	"pkg/pipeline":           {"*"}, // the one place that knows the order of things
	"cmd/pack":               {"pkg/pipeline", "pkg/codec", "pkg/image", "pkg/launchers", "pkg/manpage", "pkg/oci", "pkg/portable", "pkg/closure", "pkg/jail", "pkg/ldso", "pkg/object", "pkg/plan", "pkg/rootfs", "pkg/rules", "pkg/sandbox", "pkg/trace"},
}

func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, module+"pkg/...", module+"cmd/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		name := strings.TrimPrefix(fields[0], module)
		may, known := allowed[name]
		if !known && name != "pkg" {
			t.Errorf("%s is not in the picture: add it here and to pkg/README.md", name)
		}
		for _, imp := range fields[1:] {
			own, ok := strings.CutPrefix(imp, module)
			if ok && !slices.Contains(may, own) && !slices.Contains(may, "*") {
				t.Errorf("%s must not import %s", name, own)
			}
		}
	}
}
