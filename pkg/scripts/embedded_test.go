package scripts

import (
	"slices"
	"testing"
)

func TestEmbedded(t *testing.T) {
	for _, test := range []struct {
		text string
		want []string
	}{
		{"#!/usr/bin/make -f\nX := $(shell uname -m)\nall: sort\n\t@cat list | uniq\n\t-for f in $$(seq 3); do paste $$f; done\n", []string{"cat", "paste", "seq", "uname", "uniq"}},
		{"#!/usr/bin/env -S awk -f\nBEGIN { system(\"date -u\"); while ((\"ls /\" | getline l) > 0) print l | \"sort -n\" }\n# system(\"rm x\")\n", []string{"date", "ls", "sort"}},
		{"#!/usr/bin/expect -f\nspawn -noecho fold -w 3\nset x [exec -- date -u]\nset f [open \"|sort -u\" r]\n# exec rm\n", []string{"date", "fold", "sort"}},
		{"#!/bin/sh\ntac x\n", []string{"tac"}},
	} {
		got := ScanShell(Embedded(test.text)).Commands()
		slices.Sort(got)
		for _, name := range test.want {
			if !slices.Contains(got, name) {
				t.Errorf("%q runs %q, not %q", test.text, got, name)
			}
		}
		if slices.Contains(got, "rm") {
			t.Errorf("%q runs what is a comment", test.text)
		}
	}
}

func FuzzEmbedded(f *testing.F) {
	f.Add("#!/usr/bin/make -f\na:\n\tb $(shell c)\n")
	f.Add("#!/bin/awk -f\n\"a\" | getline")
	f.Fuzz(func(_ *testing.T, text string) { Embedded(text) })
}
