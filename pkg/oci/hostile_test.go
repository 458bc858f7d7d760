package oci_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// hostile is an image whose layers are up to no good. It makes the tree want,
// as arena.list shows it, or fails with err in its message.
type hostile struct {
	name      string
	layers    [][]ent
	want, err string
	as        string // "root" or "nobody" if only that user can
}

// layers begins one of several.
func layers(ls ...[]ent) [][]ent { return ls }
func one(ents ...ent) [][]ent    { return layers(ents) }

// escapes are ways out by names and links.
var escapes = []hostile{
	{name: "dotdot first", layers: one(f("../x", "x")), err: "leads out of the image"},
	{name: "dotdot in the middle", layers: one(d("a"), f("a/../../x", "x")), err: "leads out of the image"},
	{name: "dotdot at the end", layers: one(d("a"), d("a/..")), err: "leads out of the image"},
	{name: "dotdot to the canary", layers: one(f("../../canary/secret", "x")), err: "leads out of the image"},
	{name: "absolute name", layers: one(f("{out}/secret", "x")), want: "{out}/|{out}/secret x"},
	{name: "absolute name with slashes", layers: one(f("///a//./b", "x")), want: "/a/|/a/b x"},
	{name: "file through an absolute link", layers: one(l("a", "{out}"), f("a/secret", "x")), want: "/a -> {out}|{out}/|{out}/secret x"},
	{name: "file through a relative link", layers: one(l("a", "../../canary"), f("a/secret", "x")), want: "/a -> ../../canary|/canary/|/canary/secret x"},
	{name: "file through a chain", layers: one(l("a", "b"), l("b", "c/d"), l("c", "{out}"), f("a/x", "x")), want: "/a -> b|/b -> c/d|/c -> {out}|{out}/|{out}/d/|{out}/d/x x"},
	{name: "file onto a link", layers: one(l("a", "{out}/secret"), f("a", "x")), want: "/a x"},
	{name: "directory onto a link", layers: one(l("a", "{out}"), d("a"), f("a/secret", "x")), want: "/a/|/a/secret x"},
	{name: "link to dot", layers: one(l("here", "."), f("here/here/x", "x")), want: "/here -> .|/x x"},
	{name: "link to dotdot", layers: one(l("up", ".."), f("up/up/up/x", "x")), want: "/up -> ..|/x x"},
	{name: "dotdot behind a link", layers: one(d("a"), d("a/b"), l("c", "a/b"), l("d", "c/../.."), f("d/x", "x")), want: "/a/|/a/b/|/c -> a/b|/d -> c/../..|/x x"},
	{name: "link of dotdots", layers: one(l("a", strings.Repeat("../", 50)+"{out}"), f("a/x", "x")), want: "/a -> " + strings.Repeat("../", 50) + "{out}|{out}/|{out}/x x"},
	{name: "link that becomes a directory", layers: layers([]ent{l("a", "{out}")}, []ent{d("a"), f("a/secret", "x")}), want: "/a/|/a/secret x"},
	{name: "directory that becomes a link", layers: layers([]ent{d("a"), f("a/secret", "x")}, []ent{l("a", "{out}")}, []ent{f("a/secret", "y")}), want: "/a -> {out}|{out}/|{out}/secret y"},
	{name: "parent that becomes a link", layers: layers([]ent{d("a/b"), f("a/b/x", "x")}, []ent{l("a", "{out}"), f("a/b/x", "y")}), want: "/a -> {out}|{out}/|{out}/b/|{out}/b/x y"},
	{name: "circle of links", layers: one(l("a", "b"), l("b", "a"), f("a/x", "x")), err: "links lead in a circle"},
	{name: "link to itself", layers: one(l("a", "a/a"), f("a/x", "x")), err: "links lead in a circle"},
	{name: "link through a file", layers: one(f("a", "x"), l("b", "a/../../x"), f("b/x", "x")), err: "is not a directory"},
	{name: "below a file", layers: one(f("a", "x"), f("a/b", "x")), err: "is not a directory"},
	{name: "link to nothing", layers: one(l("a", "")), err: "link to nothing"},

	{name: "hard link out", layers: one(h("a", "../../canary/secret")), err: "leads out of the image"},
	{name: "hard link to an absolute name", layers: one(h("a", "{out}/secret")), err: "file does not exist"},
	{name: "hard link through a link", layers: one(l("a", "{out}"), h("b", "a/secret")), err: "file does not exist"},
	{name: "hard link to a link", layers: layers([]ent{l("a", "{out}/secret"), h("b", "a")}, []ent{f("b", "x")}), want: "/a -> {out}/secret|/b x"},
	{name: "hard link to a link, kept", layers: one(l("a", "{out}/secret"), h("b", "a")), want: "/a -> {out}/secret|/b = a"},
	{name: "hard link onto a link", layers: one(l("a", "{out}/secret"), f("b", "x"), h("a", "b")), want: "/a x|/b = a"},
	{name: "hard link below a link", layers: one(l("a", "{out}"), f("b", "x"), h("a/secret", "b")), want: "/a -> {out}|/b x|{out}/|{out}/secret = b"},
	{name: "hard link to itself", layers: one(h("a", "a")), err: "file does not exist"},
	{name: "hard link to itself, which is there", layers: one(f("a", "x"), h("a", "a")), want: "/a x"},
	{name: "hard link forward", layers: one(h("a", "b"), f("b", "x")), err: "file does not exist"},
	{name: "hard links in a circle", layers: one(h("a", "b"), h("b", "a")), err: "file does not exist"},
	{name: "hard link to a directory", layers: one(d("a"), h("b", "a")), err: "it is a directory"},
	{name: "hard link to the root", layers: one(h("a", ".")), err: "it is a directory"},
	{name: "hard link with a body", layers: one(f("a", "x"), ent{typ: '1', name: "b", link: "a", size: 1}, f("c", "x")), want: "/a x|/b = a|/c x"},

	{name: "root that is a file", layers: one(f(".", "x")), err: "the root is not a directory"},
	{name: "root that is a link", layers: one(l("./", "{out}"), f("x", "x")), err: "the root is not a directory"},
	{name: "root that is a hard link", layers: one(f("a", "x"), h("/", "a")), err: "the root is not a directory"},
	{name: "name of nothing", layers: one(f("", "x")), err: "the root is not a directory"},

	{name: "PAX path", layers: one(ent{typ: '0', name: "a", body: "x", pax: "path=../x"}), err: "leads out of the image"},
	{name: "PAX link path", layers: one(ent{typ: '1', name: "a", link: "b", pax: "linkpath=../../canary/secret"}), err: "leads out of the image"},
	{name: "PAX sparse name", layers: one(ent{typ: '0', name: "a", body: noData, pax: "GNU.sparse.major=1\nGNU.sparse.minor=0\nGNU.sparse.name=../x\nGNU.sparse.realsize=0"}), err: "leads out of the image"},
	{name: "PAX path for all", layers: one(ent{typ: 'g', name: "g", body: paxRecords("path=../x")}, f("a", "x")), want: "/a x"},
	{name: "GNU long name", layers: one(ent{typ: 'L', name: "././@LongLink", body: "../../canary/secret\x00"}, f("a", "x")), err: "leads out of the image"},
	{name: "GNU long link", layers: one(ent{typ: 'K', name: "././@LongLink", body: "../../canary/secret\x00"}, h("a", "b")), err: "leads out of the image"},
	{name: "name over its field", layers: one(ent{typ: '0', name: "x", body: "x", change: func(b []byte) { copy(b[345:], "../prefix") }}), err: "leads out of the image"},
}

// whiteouts are ways to remove what is not the layer's to remove.
var whiteouts = []hostile{
	{name: "whiteout through a link", layers: layers([]ent{l("a", "{out}"), f("b/x", "x")}, []ent{f("a/.wh.secret", ""), f("a/dir/.wh.inner", "")}), want: "/a -> {out}|/b/|/b/x x"},
	{name: "opaque through a link", layers: layers([]ent{l("a", "{out}")}, []ent{f("a/.wh..wh..opq", "")}), want: "/a -> {out}"},
	{name: "opaque through a link inside", layers: layers([]ent{l("a", "b"), f("b/x", "x")}, []ent{f("a/.wh..wh..opq", ""), f("b/y", "y")}), want: "/a -> b|/b/|/b/y y"},
	{name: "whiteout out", layers: one(f("../.wh.canary", "")), err: "leads out of the image"},
	{name: "whiteout of dotdot", layers: layers([]ent{f("a/x", "x")}, []ent{f("a/.wh...", "")}), want: "/a/|/a/x x"},
	{name: "whiteout of dot", layers: layers([]ent{f("a/x", "x")}, []ent{f("a/.wh..", "")}), want: "/a/|/a/x x"},
	{name: "whiteout of nothing", layers: layers([]ent{f("a/x", "x")}, []ent{f("a/.wh.", "")}), want: "/a/|/a/x x"},
	{name: "whiteout of a link", layers: layers([]ent{l("a", "{out}/secret"), l("b", "{out}")}, []ent{f(".wh.a", ""), f(".wh.b", "")}), want: ""},
	{name: "opaque root", layers: layers([]ent{f("a/x", "x"), l("b", "{out}")}, []ent{f(".wh..wh..opq", ""), f("c", "x")}), want: "/c x"},
	{name: "opaque root after its entries", layers: layers([]ent{f("a/x", "x")}, []ent{f("a/y", "y"), f(".wh..wh..opq", "")}), want: "/a/|/a/y y"},
	{name: "whiteout that is a link", layers: layers([]ent{f("a", "x")}, []ent{l(".wh.a", "{out}/secret")}), want: ""},
	{name: "whiteout that is a directory", layers: layers([]ent{f("a", "x")}, []ent{d(".wh.a"), f(".wh.a/b", "y")}), want: "/.wh.a/|/.wh.a/b y"},
	{name: "whiteout below a file", layers: layers([]ent{f("a", "x")}, []ent{f("a/.wh.b", "")}), err: "is not a directory"},
	{name: "hard link to a whiteout", layers: layers([]ent{f("a", "x")}, []ent{f(".wh.a", ""), h("b", ".wh.a")}), err: "file does not exist"},
	{name: "hard link over a whiteout", layers: layers([]ent{f("a", "x")}, []ent{f(".wh.a", ""), h("b", "a")}), err: "file does not exist"},
	{name: "what aufs kept, which is a link", layers: one(l(".wh..wh.plnk", "{out}"), f(".wh..wh.plnk/secret", "x")), want: ""},
}

// oddities are entries that a file system, or a reader, may choke on.
var oddities = []hostile{
	{name: "NUL in a PAX name", layers: one(ent{typ: '0', name: "a", pax: "path=a\x00b"}), err: "invalid tar header"},
	{name: "newline and backslash", layers: one(f("a\nb\\..\\..\\c", "x")), want: "/a\nb\\..\\..\\c x"},
	{name: "not UTF-8", layers: one(f("a\xff\xfe", "x"), ent{typ: '0', name: "b", pax: "path=c\xff", body: "y"}), want: "/a\xff\xfe x|/c\xff y"},
	{name: "case collision", layers: one(f("a", "x"), f("A", "y")), want: "/A y|/a x"},
	{name: "NAME_MAX and more", layers: one(f(strings.Repeat("n", 256), "x")), err: "file name too long"},
	{name: "PATH_MAX and more", layers: one(f(strings.Repeat(strings.Repeat("n", 200)+"/", 21)+"x", "x")), err: "file name too long"},
	{name: "ten thousand directories", layers: one(f(strings.Repeat("a/", 10000)+"x", "x")), err: "file name too long"},
	{name: "half a million directories", layers: one(f(strings.Repeat("a/", 500000)+"x", "x")), err: "file name too long"},
	{name: "deep by links", layers: one(deeper(30)...), err: "file name too long"},
	{name: "link target over PATH_MAX", layers: one(l("a", strings.Repeat("a/", 4000))), err: "file name too long"},

	{name: "duplicates", layers: one(f("a", "x"), d("a"), f("a/b", "y"), l("a", "{out}"), f("a", "z")), want: "/a z"},
	{name: "duplicate with children", layers: one(d("a"), f("a/b", "x"), f("a", "y"), d("a"), f("a/c", "z")), want: "/a/|/a/c z"},
	{name: "character device", layers: one(ent{typ: '3', name: "null"}), want: "/null Dc--------- 1,3", as: "root"},
	{name: "block device", layers: one(ent{typ: '4', name: "sda"}), want: "/sda D--------- 1,3", as: "root"},
	{name: "device written to", layers: layers([]ent{{typ: '3', name: "null"}}, []ent{f("null", "x")}), want: "/null x"},
	{name: "hard link to a device", layers: one(ent{typ: '3', name: "null"}, h("b", "null")), want: "/b Dc--------- 1,3|/null = b", as: "root"},
	{name: "named pipe", layers: one(ent{typ: '6', name: "p"}, f("x", "x")), want: "/p fifo|/x x"},
	{name: "hard link to a named pipe", layers: one(ent{typ: '6', name: "p"}, h("b", "p")), want: "/b fifo|/p = b"},
	{name: "below a named pipe", layers: one(ent{typ: '6', name: "p"}, f("p/x", "x")), err: "is not a directory"},
	{name: "unknown type", layers: one(ent{typ: 'Z', name: "a"}), err: "unknown type"},
	{name: "type of before POSIX", layers: one(ent{typ: 0, name: "a", body: "x"}, ent{typ: 0, name: "d/"}), want: "/a x|/d/"},
	{name: "contiguous file", layers: one(ent{typ: '7', name: "a", body: "x"}), want: "/a x"},
	{name: "file with a slash", layers: one(f("a/", "x")), want: "/a x"},

	{name: "set-id", layers: one(ent{typ: '0', name: "su", body: "x", mode: 0o6755}), want: "/su x ug---------", as: "root"},
	{name: "set-id of an owner there is not", layers: one(ent{typ: '0', name: "su", mode: 0o4755, uid: 1<<32 - 1}), err: "there is no owner"},
	{name: "set-id of a group there is not", layers: one(ent{typ: '0', name: "su", mode: 0o2755, gid: 1<<32 - 1}), err: "there is no owner"},
	{name: "mode with a type of its own", layers: one(ent{typ: '0', name: "a", body: "x", mode: 0o120644}), want: "/a x"},
	{name: "negative owner", layers: one(ent{typ: '0', name: "a", uid: -1}), err: "there is no owner -1:0"},
	{name: "owner beyond 32 bits", layers: one(ent{typ: '0', name: "a", gid: 1 << 32}), err: "there is no owner 0:4294967296"},
	{name: "greatest owner", layers: one(ent{typ: '0', name: "a", body: "x", uid: 1<<32 - 2}), want: "/a x 4294967294:0", as: "root"},
	{name: "year 0", layers: one(ent{typ: '0', name: "a", body: "x", mtime: -62167219200}), want: "/a x"},
	{name: "year a million", layers: one(ent{typ: '0', name: "a", body: "x", mtime: 31494784780800}), want: "/a x"},
	{name: "last second there is", layers: one(ent{typ: '0', name: "a", body: "x", mtime: 1<<63 - 1}), want: "/a x"},
	{name: "time that is no number", layers: one(ent{typ: '0', name: "a", pax: "mtime=1e9"}), err: "invalid tar header"},

	{name: "attributes of others", layers: one(ent{typ: '0', name: "a", body: "x", pax: "SCHILY.xattr.trusted.overlay.redirect={out}\nSCHILY.xattr.security.selinux=x\nSCHILY.xattr.user.overlay.origin=x"}), want: "/a x"},
	{name: "attribute without a name", layers: one(ent{typ: '0', name: "a", body: "x", pax: "SCHILY.xattr.=x\nSCHILY.xattr.nonsense=x"}), want: "/a x"},
	{name: "attribute with a long name", layers: one(ent{typ: '0', name: "a", body: "x", pax: "SCHILY.xattr.user." + strings.Repeat("n", 300) + "=x"}), err: "cannot set user.n"},
	{name: "attribute that is too long", layers: one(ent{typ: '0', name: "a", body: "x", pax: "SCHILY.xattr.user.a=" + strings.Repeat("v", 70000)}), err: "cannot set user.a"},
	{name: "capability that is none", layers: one(ent{typ: '0', name: "a", body: "x", pax: "SCHILY.xattr.security.capability=x"}), err: "cannot set security.capability", as: "root"},
	{name: "access list that is none", layers: one(ent{typ: '0', name: "a", body: "x", pax: "SCHILY.xattr.system.posix_acl_access=x"}), err: "cannot set system.posix_acl_access"},

	{name: "device as nobody", layers: one(ent{typ: '3', name: "null"}, f("x", "x")), want: "/x x", as: "nobody"},
	{name: "set-id as nobody", layers: one(ent{typ: '0', name: "su", body: "x", mode: 0o6755}), want: "/su x", as: "nobody"},
}

// deeper is a chain of links, each to a directory far below the one before.
func deeper(n int) []ent {
	far := strings.Repeat("a/", 2000)
	var ents []ent
	name := ""
	for range n {
		ents = append(ents, l(name+"l", far))
		name += "l/"
	}
	return append(ents, f(name+"x", "x"))
}

// noData is the map of a sparse file of GNU tar's version 1.0 that is a hole.
var noData = "0\n" + strings.Repeat("\x00", 510)

// sizes are lies about how much there is.
var sizes = []hostile{
	{name: "PAX size that is huge", layers: one(ent{typ: '0', name: "a", body: "x", pax: "size=4611686018427387904"}), err: "too large"},
	{name: "PAX size that is large", layers: one(ent{typ: '0', name: "a", body: "x", pax: "size=1099511627776"}), err: "unexpected EOF"},
	{name: "PAX size that is negative", layers: one(ent{typ: '0', name: "a", body: "x", pax: "size=-1"}), err: "invalid tar header"},
	{name: "size beyond 64 bits", layers: one(ent{typ: '0', name: "a", pax: "size=99999999999999999999"}), err: "invalid tar header"},
	{name: "size that is negative", layers: one(ent{typ: '0', name: "a", size: -1}), err: "invalid tar header"},
	{name: "size that swallows the next header", layers: one(ent{typ: '0', name: "a", size: 1024}, f("../x", "x")), want: "/a 1024 bytes"},
	{name: "PAX header that is huge", layers: one(ent{typ: '0', name: "a", pax: "comment=" + strings.Repeat("x", 2<<20)}), err: "header field too long"},
	{name: "GNU long name that is huge", layers: one(ent{typ: 'L', name: "long", body: strings.Repeat("x", 2<<20)}, f("a", "x")), err: "header field too long"},
	{name: "sparse file of an exbibyte", layers: one(ent{typ: '0', name: "a", body: noData, pax: "GNU.sparse.major=1\nGNU.sparse.minor=0\nGNU.sparse.name=a\nGNU.sparse.realsize=1152921504606846976"}), err: "too large"},
	{name: "sparse file of a thousand times a pebibyte", layers: one(many(1000, ent{typ: '0', body: noData, pax: "GNU.sparse.major=1\nGNU.sparse.minor=0\nGNU.sparse.name={name}\nGNU.sparse.realsize=1125899906842624"})...), err: "too large"},
	{name: "sparse file of a tebibyte", layers: one(ent{typ: '0', name: "a", body: noData, pax: "GNU.sparse.major=1\nGNU.sparse.minor=0\nGNU.sparse.name=a\nGNU.sparse.realsize=1099511627776"}), err: "too large"},
	{name: "sparse map beyond the end", layers: one(ent{typ: '0', name: "a", body: "x", pax: "GNU.sparse.major=0\nGNU.sparse.minor=1\nGNU.sparse.numblocks=1\nGNU.sparse.map=1000,1\nGNU.sparse.size=10"}), err: "invalid tar header"},
	{name: "sparse map that overlaps", layers: one(ent{typ: '0', name: "a", body: "xx", pax: "GNU.sparse.major=0\nGNU.sparse.minor=1\nGNU.sparse.numblocks=2\nGNU.sparse.map=0,1,0,1\nGNU.sparse.size=10"}), err: "invalid tar header"},
	{name: "sparse map of more than there is", layers: one(ent{typ: '0', name: "a", body: "x", pax: "GNU.sparse.major=0\nGNU.sparse.minor=1\nGNU.sparse.numblocks=1\nGNU.sparse.map=0,8\nGNU.sparse.size=10"}), err: "sparse file references non-existent data"},
	{name: "sparse size that is negative", layers: one(ent{typ: '0', name: "a", pax: "GNU.sparse.major=0\nGNU.sparse.minor=1\nGNU.sparse.numblocks=1\nGNU.sparse.map=0,0\nGNU.sparse.size=-1"}), err: "invalid tar header"},
	{name: "sparse hole of a gibibyte", layers: one(ent{typ: '0', name: "a", body: "x", pax: "GNU.sparse.major=0\nGNU.sparse.minor=1\nGNU.sparse.numblocks=1\nGNU.sparse.map=1073741823,1\nGNU.sparse.size=1073741824"}), want: "/a 1073741824 bytes"},
	{name: "sparse file of GNU tar", layers: one(ent{typ: 'S', name: "a", body: "x", change: func(b []byte) {
		copy(b[257:], "ustar  \x00")
		number(b[386:398], 4096)
		number(b[398:410], 1)
		number(b[483:495], 4097)
	}}), want: "/a 4097 bytes"},
	{name: "header with a wrong checksum", layers: one(f("a", "x"), ent{raw: strings.Replace(string(f("b", "x").bytes()), "b", "c", 1)}), err: "invalid tar header"},
	{name: "not an archive", layers: one(ent{raw: strings.Repeat("nonsense", 64)}), err: "invalid tar header"},
	{name: "PAX header cut off", layers: one(ent{raw: string(ent{typ: 'x', name: "pax", size: 1 << 40}.header())}), err: "unexpected EOF"},
	{name: "entries after the end", layers: one(f("a", "x"), ent{raw: string(make([]byte, 1024))}, f("../x", "x")), want: "/a x"},
}

func many(n int, e ent) []ent {
	var ents []ent
	for i := range n {
		e := e
		e.name = string(rune('a'+i%26)) + strings.Repeat("n", i/26)
		e.pax = strings.ReplaceAll(e.pax, "{name}", e.name)
		ents = append(ents, e)
	}
	return ents
}

func TestHostileNames(t *testing.T)     { eachHostile(t, escapes) }
func TestHostileWhiteouts(t *testing.T) { eachHostile(t, whiteouts) }
func TestHostileEntries(t *testing.T)   { eachHostile(t, oddities) }
func TestHostileSizes(t *testing.T)     { eachHostile(t, sizes) }

func eachHostile(t *testing.T, cases []hostile) {
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			switch root := os.Geteuid() == 0; {
			case tt.as == "root" && !root:
				t.Skip("needs root")
			case tt.as == "nobody" && root:
				t.Skip("TestHostileAsNobody runs it")
			}
			a := newArena(t)
			err := a.unpack(t, newParts(tt.archives(a.canary())...).write(t, filepath.Join(a.dir, "image"), nil))
			a.expect(t, err, tt.want, tt.err)
		})
	}
}

func (tt hostile) archives(out string) [][]byte {
	var all [][]byte
	for _, ents := range tt.layers {
		var own []ent
		for _, e := range ents {
			own = append(own, e.in(out))
		}
		all = append(all, archive(own...))
	}
	return all
}

// expect compares the end of an unpacking with what it should have been.
func (a *arena) expect(t *testing.T, err error, want, cause string) {
	t.Helper()
	switch {
	case cause != "":
		if err == nil {
			t.Fatalf("got %s, want an error with %q", a.list(t), cause)
		}
		if !slices.ContainsFunc(strings.Split(cause, "|"), func(c string) bool { return strings.Contains(err.Error(), c) }) {
			t.Errorf("got %v, want %q in it", err, cause)
		}
	case err != nil:
		t.Errorf("got %v, want %s", err, want)
	default:
		if got := a.list(t); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}

// TestHostileAsNobody is all of that with no rights.
func TestHostileAsNobody(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("the other tests do")
	}
	dir, err := os.MkdirTemp("", "nobody")
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	self, err := os.ReadFile("/proc/self/exe")
	must(t, errors.Join(err, os.WriteFile(dir+"/test", self, 0o755), os.Chmod(dir, 0o777)))
	cmd := exec.Command(dir+"/test", "-test.run=^TestHostile(Names|Whiteouts|Entries|Sizes|Layouts|LayoutFiles|Archives|LayerCount)$")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "TMPDIR="+dir, "HOME="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if err != nil || bytes.Contains(out, []byte("no tests to run")) {
		t.Errorf("%v\n%s", err, out)
	}
}
