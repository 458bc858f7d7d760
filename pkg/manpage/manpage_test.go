package manpage

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// page has everything that roff would take for something else.
var page = Page{
	Name: "pack-odd", Short: "Show what roff may take amiss", Synopsis: "pack odd [FLAGS] FILE... -- ARG",
	Text: `odd shows it.
.begins with a dot, 'has quotes', a back\slash and --a-flag of a well-known kind.
'begins with a quote.

Another paragraph, ~/.config and ^.

GLOBS
  *  [!a-z]   any text, none of these
  \c          the character c
Here only * crosses /.

ENVIRONMENT
  PACK_NAME is a sentence, PACK_OTHER
  another.

EXIT STATUS
  0  success
`,
	Commands: []Item{{"list, l", "List."}},
	Options:  []Item{{"-i, --include-all GLOB", "add what matches GLOB; as in 'a-b' --no-x."}, {"--app-fallback fail|host", "or else."}},
	Examples: "  .hidden --flag 'a b' | grep -v \"x\\.y\"\n  pack odd ~/x",
	SeeAlso:  []string{"pack", "pack-tree"},
	Source:   "pack 1.2.3",
	Date:     time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC),
}

// written is the page in a file.
func written(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	if n, err := page.WriteTo(&b); err != nil || n != int64(b.Len()) {
		t.Fatalf("WriteTo = %d, %v, and wrote %d bytes", n, err, b.Len())
	}
	name := filepath.Join(t.TempDir(), "pack-odd.1")
	if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestReaders has the formatters read the page: no complaint, and every word
// is on the paper as it was given.
func TestReaders(t *testing.T) {
	name := written(t)
	for _, reader := range [][]string{
		{"groff", "-ww", "-man", "-Tascii", "-P-cbou", "-rHY=0", "-rLL=200n"},
		{"mandoc", "-Tascii", "-W", "style", "-O", "width=200"},
	} {
		t.Run(reader[0], func(t *testing.T) {
			if _, err := exec.LookPath(reader[0]); err != nil {
				t.Skipf("no %s: make setup", reader[0])
			}
			var out, diagnosis bytes.Buffer
			cmd := exec.Command(reader[0], append(reader[1:], name)...)
			cmd.Stdout, cmd.Stderr = &out, &diagnosis
			if err := cmd.Run(); err != nil || diagnosis.Len() > 0 {
				t.Errorf("%v\n%s", err, &diagnosis)
			}
			got := strings.Join(strings.Fields(overstrike(out.String())), " ")
			for _, want := range []string{
				"PACK-ODD(1)", "2001-02-03", "pack 1.2.3", "pack-odd - Show what roff may take amiss",
				"pack odd [FLAGS] FILE... -- ARG", ".begins with a dot, 'has quotes', a back\\slash and --a-flag of a well-known kind.",
				"'begins with a quote.", "~/.config and ^.", "* [!a-z] any text", "\\c the character c", "Here only * crosses /.",
				"PACK_NAME is a sentence, PACK_OTHER another.", "-i, --include-all GLOB", "as in 'a-b' --no-x.", "--app-fallback fail|host",
				`.hidden --flag 'a b' | grep -v "x\.y" pack odd ~/x`, "pack(1), pack-tree(1)",
			} {
				if !strings.Contains(got, want) {
					t.Errorf("the page lacks %q:\n%s", want, &out)
				}
			}
		})
	}
}

// overstrike takes out how a terminal of paper printed bold and underlined.
func overstrike(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if i+1 < len(s) && s[i+1] == '\b' {
			i++
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// TestOrder is man-pages(7)'s order of sections.
func TestOrder(t *testing.T) {
	data, err := os.ReadFile(written(t))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(string(data)) {
		if name, ok := strings.CutPrefix(line, ".SH "); ok {
			got = append(got, strings.TrimSpace(name))
		}
	}
	want := "NAME SYNOPSIS DESCRIPTION COMMANDS OPTIONS GLOBS ENVIRONMENT EXIT STATUS EXAMPLES SEE ALSO"
	if strings.Join(got, " ") != want {
		t.Errorf("sections %q, want %s", got, want)
	}
}
