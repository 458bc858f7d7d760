// Package scripts reads the text of scripts: which commands one of shell, Perl,
// Python, Ruby or PHP runs ([ScanShell], [Calls]), what a shell's variables stand
// for ([Settled]), and which modules a file of Python imports ([ScanPython]).
//
// It knows text alone, no files. What it returns is what the text shows to a reader
// who does not run it: names that are computed are not there, and names that are
// may be of nothing that exists. Any text will do: texts come from files of others,
// and what is kept of one is bounded.
package scripts
