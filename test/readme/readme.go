// Package readme reads the fenced blocks of README.md and runs what they show,
// so that the README cannot say what the program does not do.
package readme

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// Block is one fenced block of a Markdown file.
type Block struct {
	Lang string // first word of the info string, for instance "console"
	Info string // the rest of the info string
	Line int    // of the opening fence, from 1
	Text string // what stands between the fences
}

// Step is one command of a console block with the output shown below it.
type Step struct {
	Command string
	Output  []string
	Line    int
}

// Root is the directory that holds README.md, seen from the directory of a
// test two levels below it, which is where go test runs it.
const Root = "../.."

// Blocks returns the fenced blocks of the README whose language is lang, in
// order. It is an error for the file to have none.
func Blocks(lang string) ([]Block, error) {
	name := filepath.Join(Root, "README.md")
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var found []Block
	for _, b := range parse(string(data)) {
		if b.Lang == lang {
			found = append(found, b)
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s has no %s block", name, lang)
	}
	return found, nil
}

func parse(markdown string) []Block {
	var blocks []Block
	var open *Block
	for i, line := range strings.Split(markdown, "\n") {
		info, fence := strings.CutPrefix(line, "```")
		switch {
		case fence && open == nil:
			lang, rest, _ := strings.Cut(strings.TrimSpace(info), " ")
			open = &Block{Lang: lang, Info: rest, Line: i + 1}
		case fence:
			blocks = append(blocks, *open)
			open = nil
		case open != nil:
			open.Text += line + "\n"
		}
	}
	return blocks
}

// Steps splits a console block: a line that begins with "$ " is a command, one
// that ends with "\" goes on in the next, all others are output.
func (b Block) Steps() []Step {
	var steps []Step
	more := false
	for i, line := range strings.Split(strings.TrimSuffix(b.Text, "\n"), "\n") {
		command, isCommand := strings.CutPrefix(line, "$ ")
		switch last := len(steps) - 1; {
		case more:
			steps[last].Command += "\n" + line
			more = strings.HasSuffix(line, "\\")
		case isCommand:
			steps = append(steps, Step{Command: command, Line: b.Line + 1 + i})
			more = strings.HasSuffix(command, "\\")
		case last >= 0:
			steps[last].Output = append(steps[last].Output, line)
		}
	}
	return steps
}

// Run runs the command by bash in dir with env and compares what a terminal
// would show, standard output and error together, with the README. A failing
// exit status is shown in the README as a last line "exit status N".
func (s Step) Run(ctx context.Context, dir string, env []string) error {
	cmd := exec.CommandContext(ctx, "bash", "-c", s.Command)
	cmd.Dir, cmd.Env = dir, env
	out, err := cmd.CombinedOutput()
	got := strings.TrimRight(string(out), "\n")
	if err != nil {
		got = strings.TrimLeft(got+"\n"+err.Error(), "\n")
	}
	if !Match(s.Output, got) {
		return fmt.Errorf("README.md:%d: $ %s\n--- README ---\n%s\n--- ran ---\n%s",
			s.Line, s.Command, strings.Join(s.Output, "\n"), got)
	}
	return nil
}

// Match compares output with what a README shows of it. A line "..." stands
// for any number of lines, "..." within a line for any text of that line, and
// runs of blanks are alike however long. A size such as "4.6 MiB" stands for any
// size: files grow with every update of Debian.
func Match(want []string, got string) bool {
	var re strings.Builder
	re.WriteString(`\A`)
	for _, line := range want {
		if strings.TrimSpace(line) == "..." {
			re.WriteString(`(?:[^\n]*\n)*`)
			continue
		}
		parts := strings.Split(line, "...")
		for i, p := range parts {
			p = sizes.ReplaceAllString(regexp.QuoteMeta(p), `[0-9.]+\x20?[kKMG]i?B\b`)
			parts[i] = blanks.ReplaceAllString(p, `[ \t]+`)
		}
		re.WriteString(strings.Join(parts, `[^\n]*`) + `\n`)
	}
	re.WriteString(`\z`)
	if got != "" {
		got += "\n"
	}
	return regexp.MustCompile(re.String()).MatchString(got)
}

var (
	blanks = regexp.MustCompile(`[ \t]+`)
	// A size with its point quoted, as QuoteMeta leaves it. What replaces it
	// holds no blank that blanks would find.
	sizes = regexp.MustCompile(`[0-9]+(\\\.[0-9]+)? ?[kKMG]i?B\b`)
)
