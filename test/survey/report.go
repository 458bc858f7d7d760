package main

import (
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// tally counts outcomes among the records of some kinds.
type tally struct{ same, differs, failed int }

func (t tally) counted() int { return t.same + t.differs + t.failed }

// share is the part that is the same, in percent.
func (t tally) share() float64 {
	if t.counted() == 0 {
		return 0
	}
	return 100 * float64(t.same) / float64(t.counted())
}

func count(records []record, kind string) (t tally) {
	for _, r := range records {
		if r.Kind != kind {
			continue
		}
		switch r.Outcome {
		case same:
			t.same++
		case differs:
			t.differs++
		case packFailed:
			t.failed++
		}
	}
	return t
}

// markdown is the table of outcomes, then each program that is not the same.
func markdown(records []record) string {
	var b strings.Builder
	left := map[string]int{}
	for _, r := range records {
		if r.Outcome == notCounted {
			left[r.Kind]++
		}
	}
	fmt.Fprintf(&b, "%d executables; not counted: %d silent on the machine, %d unstable there\n\n", len(records), left[silent], left[unstable])
	b.WriteString("| on the machine | counted | the same | differ | pack failed | same |\n|---|--:|--:|--:|--:|--:|\n")
	for _, kind := range []struct{ name, label string }{
		{answers, "answers --version or --help with success"},
		{complains, "says something else, twice the same"},
	} {
		t := count(records, kind.name)
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %.1f %% |\n", kind.label, t.counted(), t.same, t.differs, t.failed, t.share())
	}
	writeSorts(&b, records)
	writeCauses(&b, records)
	writeDifferent(&b, records)
	return b.String()
}

// writeSorts counts those that answer by what sort of file they are.
func writeSorts(b *strings.Builder, records []record) {
	bySort := map[string][]record{}
	for _, r := range records {
		if r.Kind == answers {
			bySort[sort(r.Path)] = append(bySort[sort(r.Path)], r)
		}
	}
	sorts := slices.Sorted(maps.Keys(bySort))
	slices.SortStableFunc(sorts, func(x, y string) int { return len(bySort[y]) - len(bySort[x]) })
	b.WriteString("\n| of those that answer | counted | the same | same |\n|---|--:|--:|--:|\n")
	for _, name := range sorts {
		t := count(bySort[name], answers)
		fmt.Fprintf(b, "| %s | %d | %d | %.1f %% |\n", name, t.counted(), t.same, t.share())
	}
}

var version = regexp.MustCompile(`[\d.]+(-.*)?$`)

// sort is what an executable is: an ELF file or a script of some language.
func sort(path string) string {
	words := firstLine(path)
	if len(words) == 0 {
		return "ELF"
	}
	by := words[0]
	if filepath.Base(by) == "env" && len(words) > 1 {
		by = words[1]
	}
	return version.ReplaceAllString(filepath.Base(by), "") + " script"
}

func bad(r record) bool { return r.Outcome == differs || r.Outcome == packFailed }

func writeCauses(b *strings.Builder, records []record) {
	byCause := map[string][]string{}
	for _, r := range records {
		if bad(r) {
			c := cmp.Or(r.Cause, r.Outcome)
			byCause[c] = append(byCause[c], r.Path[strings.LastIndexByte(r.Path, '/')+1:])
		}
	}
	causes := make([]string, 0, len(byCause))
	for c := range byCause {
		causes = append(causes, c)
	}
	slices.SortFunc(causes, func(x, y string) int {
		return cmp.Or(len(byCause[y])-len(byCause[x]), strings.Compare(x, y))
	})
	b.WriteString("\n| programs | what their bundles lack | among them |\n|--:|---|---|\n")
	for _, c := range causes {
		names := byCause[c]
		fmt.Fprintf(b, "| %d | %s | %s |\n", len(names), c, strings.Join(names[:min(len(names), 8)], ", "))
	}
}

func writeDifferent(b *strings.Builder, records []record) {
	b.WriteString("\n## Not the same\n\n")
	for _, r := range records {
		if bad(r) {
			fmt.Fprintf(b, "- `%s` (%s): %s: %s\n", strings.Join(r.Args, " "), r.Kind, cmp.Or(r.Cause, r.Outcome), oneLine(r.Detail))
		}
	}
	b.WriteString("\n## Unstable on the machine\n\n")
	for _, r := range records {
		if r.Kind == unstable {
			fmt.Fprintf(b, "- `%s`: %s\n", strings.Join(r.Args, " "), oneLine(r.Detail))
		}
	}
}

func oneLine(text string) string {
	text = strings.ReplaceAll(text, "\n", " ⏎ ")
	return text[:min(len(text), 400)]
}
