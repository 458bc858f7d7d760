// Package rules says what a program needs that no ELF header names: name
// service modules, certificates, an interpreter's library. The rules are data:
// a table of evidence and of what it calls for ([Default], table.txt), read by
// [Parse]; users write their own in the same format.
package rules

import (
	_ "embed"
	"io/fs"
)

//go:embed table.txt
var table []byte

// Default reads the rules that come with pack from their text.
func Default() ([]Rule, error) { return Parse("table.txt", string(table)) }

// Rule is one block of the table.
type Rule struct {
	Name string
	// Why is one sentence on what goes wrong without it.
	Why string
	// If ends the hint for a rule that is off: "add --with NAME (SIZE) if …".
	If string
	// Size is the size class: small, medium or large.
	Size string
	// On tells whether the rule applies without being asked for. A rule that is
	// off and has no If is never hinted at.
	On bool
	// When is the evidence; any one is enough.
	When []Evidence
	// And is what else the file that is the evidence must be, any one; empty for
	// no condition. Unless is what it must not be.
	And, Unless []Evidence
	// In are patterns one of which the directory of the evidence must match,
	// empty for no condition.
	In []string
	// Above are landmarks: names below some directory at or above the one of
	// the evidence, as interpreters look for their own prefix. The nearest such
	// directory is $above, and the directory the landmark is in is $at. With
	// landmarks of which none is there, the rule does not apply.
	Above []string
	// Exists are paths one of which must be in the root, empty for no condition.
	Exists []string
	// Do is what the rule adds, in order.
	Do []Action
	// Skip are globs of what Do leaves out, matched against absolute paths as
	// --exclude does.
	Skip []string
}

// Kind is a sort of evidence.
type Kind string

// The sorts of evidence.
const (
	Soname Kind = "soname" // an object with that DT_SONAME, or file name, is in the bundle
	Import Kind = "import" // an object other than the libc imports the symbol
	Define Kind = "define" // an object defines the symbol
	Main   Kind = "main"   // an executable, not a library, imports or defines the symbol: one that only a program around it calls
	Text   Kind = "text"   // an executable or script holds that text: what it was linked with statically is not seen otherwise
	Word   Kind = "word"   // a script holds that text: the name of a module that it uses
	Path   Kind = "path"   // a file of the bundle has that real path
	Start  Kind = "start"  // something the bundle starts is called by that path, links unresolved
	Script Kind = "script" // a script is run by an interpreter of that file name, env's choice included
	Fired  Kind = "rule"   // another rule applied
	Always Kind = "always" // only sensible for rules that are off
)

// Evidence is one condition. Its patterns know "*", which stands for any text
// without "/", and "**", which stands for any text; what each stood for is kept
// as $1, $2 …
type Evidence struct {
	Kind Kind
	Arg  string
}

// Verb is a sort of action.
type Verb string

// The sorts of action.
const (
	Add  Verb = "add"  // what a glob of the root matches, directories with all below
	Run  Verb = "run"  // the same, and what the scripts among it are run by
	Load Verb = "load" // the library that the loader finds for a soname, searching for the file that is the evidence; for the C library if that is an import
	Dir  Verb = "dir"  // an empty directory, with a mode
	File Verb = "file" // a small file of given text, unless the root or the bundle has one
	Make Verb = "make" // something computed, see package pipeline
	// Modules is of the Python packages in the directories that a glob matches
	// those that the bundle's scripts need, or all if that cannot be told.
	Modules Verb = "modules"
)

// Making is something that package pipeline computes for "make NAME".
type Making string

// What can be made.
const (
	MakePasswd      Making = "passwd"      // /etc/passwd with the accounts of the bundle
	MakeGroup       Making = "group"       // /etc/group, likewise
	MakeServices    Making = "services"    // there, also the accounts of services
	MakeShells      Making = "shells"      // the shells of those who may do everything
	MakeShadow      Making = "shadow"      // /etc/shadow without passwords
	MakeDpkgStatus  Making = "dpkg-status" // an empty list of packages for dpkg
	MakeNSS         Making = "nss"         // the modules that nsswitch.conf names
	MakeCommands    Making = "commands"    // what a shell script calls
	MakeGuarded     Making = "guarded"     // those of them that it looks for first
	MakeCalls       Making = "calls"       // what a script of another language calls
	MakeNamed       Making = "named"       // the files that a script names
	MakeBeside      Making = "beside"      // the files and modules beside a script that it reads
	MakeOwn         Making = "own"         // the files that a program or library has written out
	MakeConfigured  Making = "configured"  // the files that a configuration file names
	MakeApplication Making = "application" // what a program is a part of
)

// Makings are all that can be made.
func Makings() []Making {
	return []Making{MakePasswd, MakeGroup, MakeServices, MakeShells, MakeShadow, MakeDpkgStatus, MakeNSS, MakeCommands, MakeGuarded, MakeCalls, MakeNamed, MakeBeside, MakeOwn, MakeConfigured, MakeApplication}
}

// Action is one thing a rule adds. Arg may hold variables:
//
//	$1 $2 …   what the wildcards of the evidence stood for
//	$dir      the real directory of the file that is the evidence; as it was
//	          named if the evidence is "start", or "main" of what is started
//	$name     the name of that file in $dir
//	$prefix   $dir without a trailing bin, sbin, lib, lib64, lib/TRIPLET
//	$above    the nearest directory that has a landmark below it: from $dir up,
//	          or else from the directories that a program has written out
//	$at       the directory that landmark is in
//	$lib      each default directory of the program's loader
//
// A glob with a variable that has no value adds nothing. Values are quoted: a
// star in a directory's name is no wildcard.
type Action struct {
	Verb Verb
	Arg  string // a glob, a path, a soname, or a Making
	Mode fs.FileMode
	Text string
	// UID and GID own a Dir.
	UID, GID int
}
