package behaviour

import (
	"os"
	"testing"

	"github.com/5bbb5df2/pack/test/lib/bundle"
)

// TestHomeAndSystem expects what every container wants where a program asks for
// it, and nowhere else.
func TestHomeAndSystem(t *testing.T) {
	bundle.Suite(t)
	for _, tt := range []struct{ source, path string }{
		{`#include <stdio.h>
int main(void) { return fopen("/etc/os-release", "r") == 0; }
`, "etc/os-release"},
		{`#include <stdlib.h>
int main(void) { return getenv("HOME") == 0; }
`, "root"},
	} {
		program := compile(t, tt.source)
		b := bundle.Pack(t, program)
		b.Run(t, program)
		for _, path := range []string{"etc/os-release", "root"} {
			if _, err := os.Stat(b.Path(path)); (err == nil) != (path == tt.path) {
				t.Errorf("%s: %v, with the evidence for %s alone", path, err, tt.path)
			}
		}
	}
}
