package main

import (
	"path"
	"regexp"
	"strings"
)

// groups tell what a file is by where it lies, the first that matches. idle
// ones are looked at by many programs and needed by few.
var groups = []struct {
	name string
	idle bool
	at   *regexp.Regexp
}{
	{"locale", true, regexp.MustCompile(`^/usr/lib/locale(/|$)|^/usr/share/(locale|i18n)(/|$)|locale\.alias$`)},
	{"name service", true, regexp.MustCompile(`^/etc/(passwd|group|nsswitch\.conf|hosts|host\.conf|resolv\.conf|services|protocols|networks|rpc|gai\.conf|ethers)$|/libnss_[^/]*$`)},
	{"time zone", true, regexp.MustCompile(`^/usr/share/zoneinfo(/|$)|^/etc/(localtime|timezone)$`)},
	{"gconv", true, regexp.MustCompile(`/gconv(/|$)`)},
	{"terminfo", true, regexp.MustCompile(`/terminfo(/|$)`)},
	{"OpenSSL", true, regexp.MustCompile(`^/etc/ssl(/|$)|^/usr/lib/ssl(/|$)|/(ossl-modules|engines-\d)(/|$)|^/usr/share/ca-certificates`)},
	{"machine identity", true, regexp.MustCompile(`^/etc/(machine-id|hostname|os-release|debian_version|lsb-release)$|^/usr/lib/os-release$|^/var/lib/dbus`)},
	{"Python tree", false, regexp.MustCompile(`^/usr/(local/)?lib/python\d?[^/]*(/|$)|/dist-packages(/|$)|^/etc/python|^/usr/share/python`)},
	{"Perl tree", false, regexp.MustCompile(`/perl(5|-base|-openssl-defaults)?(/|$)|^/etc/perl(/|$)`)},
	{"Ruby tree", false, regexp.MustCompile(`/ruby(gems-integration)?(/|$)|/rubygems`)},
	{"Node tree", false, regexp.MustCompile(`/node(js|_modules|-[^/]*)?(/|$)`)},
	{"Java tree", false, regexp.MustCompile(`/jvm(/|$)|^/etc/java|^/usr/share/java`)},
	{"Tcl tree", false, regexp.MustCompile(`/(tcl|tk|tcltk)[\d.]*(/|$)`)},
	{"PHP tree", false, regexp.MustCompile(`/php\d?(/|$)`)},
	{"Guile, Lua, R, OCaml, Erlang tree", false, regexp.MustCompile(`/(guile|lua|ocaml|erlang)[\d.]*(/|$)|^/usr/(lib|share)/R(/|$)`)},
	{"helper program", false, regexp.MustCompile(`^(/usr)?(/local)?/(s?bin|games)/`)},
	{"library", false, regexp.MustCompile(`^(/usr)?/lib(32|64)?(/[^/]*-linux-[^/]*)?/[^/]*\.so(\.[^/]*)?$`)},
}

func groupOf(name string) (string, bool) {
	for _, g := range groups {
		if g.at.MatchString(name) {
			return g.name, g.idle
		}
	}
	return "", false
}

// group names the group of a file: one of the table, or where it lies.
func group(name string) string {
	if g, _ := groupOf(name); g != "" {
		return g
	}
	parts := strings.Split(strings.Trim(name, "/"), "/")
	keep := 2
	if len(parts) > 1 && parts[0] == "usr" {
		keep = 3
	}
	if len(parts) > keep && strings.Contains(parts[keep-1], "-linux-") {
		keep++
	}
	return "/" + path.Join(parts[:min(keep, len(parts))]...)
}

// idle orders groups: lower is dropped earlier.
func idle(name string) int {
	for _, g := range groups {
		if g.name == name {
			if g.idle {
				return 0
			}
			return 2
		}
	}
	return 1
}

// said are causes read off what a program says, for what was not traced.
var said = []struct {
	cause string
	text  *regexp.Regexp
}{
	{"library not found", regexp.MustCompile(`error while loading shared libraries|cannot open shared object file`)},
	{"Perl tree", regexp.MustCompile(`Can't locate \S+ in @INC|Perl`)},
	{"Python tree", regexp.MustCompile(`ModuleNotFoundError|No module named|Fatal Python error|platform independent libraries`)},
	{"Ruby tree", regexp.MustCompile(`cannot load such file|rubygems`)},
	{"Node tree", regexp.MustCompile(`Cannot find module`)},
	{"helper program", regexp.MustCompile(`(?i)not found|fork/exec|cannot execute|failed to exec`)},
	{"a file", regexp.MustCompile(`(?i)no such file|cannot open|can't open|failed to (open|load|read)`)},
}

// cause says why r differs: what mends it, or what its output hints at.
func cause(r record, got result) string {
	switch {
	case len(r.Mend) > 0:
		return strings.Join(r.Mend, " + ")
	case r.Explained && len(r.Needs) > 0:
		return "not mended by the files it used"
	case r.Explained:
		return "no file"
	case got.TimedOut:
		return "no end in time"
	}
	for _, s := range said {
		if s.text.MatchString(got.Output) {
			return s.cause + " (by what it says)"
		}
	}
	return "unknown: use -explain"
}
