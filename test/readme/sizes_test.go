package readme

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestSizes looks for the programs of the table that test/sizes.sh writes. The
// sizes change with every update of Debian and are not compared.
func TestSizes(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(Root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, begins := strings.Cut(string(data), "<!-- sizes:")
	table, _, ends := strings.Cut(table, "<!-- end of sizes -->")
	if !begins || !ends {
		t.Fatal("the README has no table of sizes for test/sizes.sh to replace")
	}
	rows := regexp.MustCompile(`(?m)^\| ([a-z0-9-]+) \| [0-9.]+ .iB \| [0-9.]+ .iB \|`).FindAllStringSubmatch(table, -1)
	if len(rows) != 10 {
		t.Errorf("the table of sizes has %d programs, want 10", len(rows))
	}
	pack := packBinary(t)
	t.Setenv("PATH", os.Getenv("PATH")+":/usr/sbin")
	for _, row := range rows {
		t.Run(row[1], func(t *testing.T) {
			name, err := exec.LookPath(row[1])
			if err != nil {
				t.Skip(err)
			}
			out, err := exec.Command(pack, "--dry-run", "--log-level", "error", name, filepath.Join(t.TempDir(), "out")).CombinedOutput()
			if err != nil {
				t.Errorf("pack --dry-run %s: %v\n%s", name, err, out)
			}
		})
	}
}
