package examples

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// sizes are those of an example in bytes: of the image of the stage that pack
// runs in, before that and without pack, and of what the build results in.
type sizes struct{ before, after int64 }

// said is the line of an example's README that has its sizes.
var said = regexp.MustCompile(`(?m)^([0-9.]+) MB before, ([0-9.]+) MB after\.$`)

func (s sizes) String() string {
	return fmt.Sprintf("%.1f MB before, %.1f MB after.", float64(s.before)/1e6, float64(s.after)/1e6)
}

// record compares the sizes with those that the example's README says, or
// writes them there. They change with every update of Debian, but not by much.
func (e example) record(t *testing.T, s sizes) {
	t.Helper()
	name := filepath.Join(e.dir, "README.md")
	text, err := os.ReadFile(name)
	must(t, err)
	if *update {
		must(t, os.WriteFile(name, said.ReplaceAll(text, []byte(s.String())), 0o644))
		return
	}
	old := said.FindSubmatch(text)
	if old == nil {
		t.Fatalf("%s says no sizes", name)
	}
	if !near(string(old[1]), s.before) || !near(string(old[2]), s.after) {
		t.Errorf("%s: %s, but it is now %s (make examples)", name, old[0], s)
	}
}

// near reports whether a size has changed by less than a quarter.
func near(megabytes string, size int64) bool {
	old, err := strconv.ParseFloat(megabytes, 64)
	return err == nil && math.Abs(old*1e6-float64(size)) < old*1e6/4
}

// enters is the line with which pack comes into a Dockerfile.
var enters = regexp.MustCompile(`(?m)^(COPY --from=pack|RUN pack|RUN --mount=from=pack|FROM \S+ pack|FROM scratch)\b`)

// count counts what is in a stage. An image of it need not be written for that.
const count = `
RUN du -sx --apparent-size --block-size=1 / >/size
FROM scratch
COPY --from=0 /size /
`

// before is the size of the stage up to that line. A stage that has pack on
// board is counted without it.
func (e example) before(t *testing.T) int64 {
	t.Helper()
	out := t.TempDir()
	stage := e.dockerfile[:enters.FindStringIndex(e.dockerfile)[0]]
	must(t, e.client.BuildText(stage+count, e.dir, "--output", out))
	text, err := os.ReadFile(filepath.Join(out, "size"))
	must(t, err)
	var size int64
	_, err = fmt.Sscan(string(text), &size)
	must(t, err)
	if packBase.MatchString(e.dockerfile) {
		size -= e.size(t, "pack")
	}
	return size
}

// size is that of an image, in bytes.
func (e example) size(t *testing.T, image string) int64 {
	t.Helper()
	out, err := e.client.Command(t.Context(), "image", "inspect", "-f", "{{.Size}}", image).Output()
	must(t, err)
	size, err := strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64)
	must(t, err)
	return size
}

const begin, end = "<!-- examples: written by make examples -->\n", "<!-- end of examples -->\n"

// TestTable compares the top README's table with the READMEs of the examples,
// or writes it. It comes after
// TestExamples, which writes those.
func TestTable(t *testing.T) {
	table := "| example | shows | before | after |\n|---|---|--:|--:|\n"
	dirs, err := os.ReadDir(filepath.Join(root, "example"))
	must(t, err)
	var names, checked []string
	for _, dir := range dirs {
		names = append(names, dir.Name())
		table += row(t, dir.Name())
	}
	for _, c := range checks {
		checked = append(checked, c.example)
	}
	if slices.Sort(checked); !slices.Equal(names, checked) {
		t.Errorf("the examples are %q, but built and run are %q", names, checked)
	}
	name := filepath.Join(root, "README.md")
	readme, err := os.ReadFile(name)
	must(t, err)
	top, rest, begins := strings.Cut(string(readme), begin)
	old, rest, ends := strings.Cut(rest, end)
	if !begins || !ends {
		t.Fatalf("%s has no table of examples", name)
	}
	if *update {
		must(t, os.WriteFile(name, []byte(top+begin+table+end+rest), 0o644))
	} else if old != table {
		t.Errorf("the table of %s is not what the examples say (make examples):\n%s", name, table)
	}
}

// row is an example's row of the table, from its README: a title, a line on
// what it shows and the sizes.
func row(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "example", name, "README.md"))
	must(t, err)
	parts := strings.SplitN(string(text), "\n\n", 3)
	size := said.FindStringSubmatch(string(text))
	if len(parts) != 3 || parts[0] != "# "+name || size == nil {
		t.Fatalf("the README of %s has no title, line and sizes:\n%s", name, text)
	}
	shows := strings.TrimSuffix(strings.ReplaceAll(parts[1], "\n", " "), ".")
	return fmt.Sprintf("| [%s](example/%[1]s) | %s | %s MB | %s MB |\n", name, shows, size[1], size[2])
}
