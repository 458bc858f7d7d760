package rules_test

import (
	"testing"

	"github.com/5bbb5df2/pack/pkg/rules"
)

func BenchmarkDefault(b *testing.B) {
	for b.Loop() {
		if _, err := rules.Default(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMatch(b *testing.B) {
	list, err := rules.Default()
	if err != nil {
		b.Fatal(err)
	}
	set := rules.NewSet(list)
	f := rules.Fact{Path: "/usr/lib/x86_64-linux-gnu/libz.so.1.2.13", Soname: "libz.so.1", ELF: true}
	for b.Loop() {
		set.Match(f)
	}
}

func BenchmarkNewSet(b *testing.B) {
	list, err := rules.Default()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		rules.NewSet(list).Symbols()
	}
}
