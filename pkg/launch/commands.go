package launch

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/5bbb5df2/pack/pkg/portable"
	"github.com/5bbb5df2/pack/pkg/sandbox"
)

// report does the commands that start nothing of the payload.
func (r *run) report(ctx context.Context, inv *invocation) (sandbox.Status, error) {
	out := bufio.NewWriter(r.Stdout)
	var err error
	status := sandbox.Status{}
	switch inv.command {
	case "help":
		r.help(out)
	case "version":
		fmt.Fprintln(out, r.title())
	case "info":
		r.info(out)
	case "list":
		err = r.list(out)
	case "extract":
		err = r.extract(ctx, inv.args[0])
	case "verify":
		status.Code, err = r.verify(ctx, out)
	case "uninstall":
		err = r.uninstall(ctx, out)
	}
	if flushErr := out.Flush(); err == nil && flushErr != nil {
		err = fmt.Errorf("cannot write the output: %w", flushErr)
	}
	return status, err
}

func (r *run) title() string { return strings.TrimSpace(r.config.Name + " " + r.config.Version) }

// info prints one "name: value" a line; what is not set has no line.
func (r *run) info(out *bufio.Writer) {
	c, info := r.config, r.payload.Info()
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(out, "%s: %s\n", name, value)
		}
	}
	line("name", c.Name)
	line("version", c.Version)
	line("description", c.Description)
	line("author", c.Author)
	line("copyright", c.Copyright)
	line("platform", c.Platform)
	line("entrypoint", strings.Join(c.Entrypoint, " "))
	line("arguments", strings.Join(c.Args, " "))
	line("working directory", c.Workdir)
	line("user", c.User)
	line("root", string(c.Root))
	line("fallback", string(c.Fallback))
	line("options read by", map[portable.ArgsMode]string{portable.ArgsPack: "the launcher", portable.ArgsApp: "the program"}[c.ArgsMode])
	line("mounts", strings.Join(c.Mounts, " "))
	line("namespaces", strings.Join(c.Attrs, ","))
	if c.Store != nil {
		line("store", fmt.Sprintf("%q", *c.Store))
	}
	line("compression", info.Codec)
	line("digest", fmt.Sprint(info.Digest))
	line("entries", fmt.Sprint(info.Entries))
	line("tree", fmt.Sprintf("%d bytes", info.TreeSize))
	line("packed", fmt.Sprintf("%d bytes", info.Packed))
	line("launcher", fmt.Sprintf("%d bytes", info.Launcher))
}

// list prints mode, owner, size and path of each entry.
func (r *run) list(out *bufio.Writer) error {
	entries, err := r.payload.Entries()
	if err != nil {
		return err
	}
	for e := range entries {
		if e.HardLink != "" {
			fmt.Fprintf(out, "%-11s %-11s %12d %s = %s\n", "", "", 0, e.Path, e.HardLink)
			continue
		}
		fmt.Fprintf(out, "%-11s %-11s %12d %s", e.Mode, fmt.Sprintf("%d:%d", e.UID, e.GID), e.Size, e.Path)
		if e.Link != "" {
			fmt.Fprintf(out, " -> %s", e.Link)
		}
		fmt.Fprintln(out)
	}
	return nil
}

// extract unpacks into a directory that is new or empty.
func (r *run) extract(ctx context.Context, name string) error {
	err := os.Mkdir(name, 0o755)
	made := err == nil
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("cannot extract: %w", err)
	}
	dir, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("cannot extract: %w", err)
	}
	defer dir.Close()
	if list, err := os.ReadDir(name); err != nil || len(list) > 0 {
		return withHint(fmt.Errorf("cannot extract into %s: it is not an empty directory", name), "name a directory that is new or empty")
	}
	if err := r.payload.Unpack(ctx, dir, r.unpackOptions()); err != nil {
		if made {
			_ = os.Remove(name) // the first error says more
		}
		return fmt.Errorf("cannot extract into %s: %w", name, err)
	}
	return nil
}

// verify compares the file with its hashes and, where it is unpacked, the
// trees with the file. It unpacks nothing.
func (r *run) verify(ctx context.Context, out *bufio.Writer) (int, error) {
	if err := r.payload.CheckFile(ctx); err != nil {
		return 0, err
	}
	store, err := r.storeDir()
	if err != nil || store != nil && *store == "" {
		return 0, err
	}
	status := 0
	for _, variant := range []string{"", hostVariant} {
		same, err := r.verifyTree(ctx, out, r.candidates(store), variant)
		if err != nil {
			return 0, err
		}
		if !same {
			status = exitDifference
		}
	}
	return status, nil
}

func (r *run) verifyTree(ctx context.Context, out *bufio.Writer, c []portable.Candidate, variant string) (same bool, err error) {
	tree, err := portable.Find(r.payload, c, variant)
	if err != nil || tree == nil {
		return true, err
	}
	defer tree.Close()
	o := portable.VerifyOptions{}
	if variant == hostVariant {
		o.Original = r.original(tree.Path())
	}
	differences, err := r.payload.Verify(ctx, tree.Root(), o)
	for _, d := range differences {
		fmt.Fprintf(out, "%s: %s\n", filepath.Join(tree.Path(), d.Path), d.What)
	}
	return len(differences) == 0, err
}

func (r *run) uninstall(ctx context.Context, out *bufio.Writer) error {
	store, err := r.storeDir()
	if err != nil || store != nil && *store == "" {
		return err // nothing is kept, so nothing is to remove
	}
	removed, err := portable.Uninstall(ctx, r.payload, origin(), r.candidates(store))
	for _, name := range removed {
		fmt.Fprintln(out, "removed", name)
	}
	if errors.Is(err, portable.ErrInUse) {
		return withHint(err, "it can be removed when its programs have ended")
	}
	return err
}

// help prints what the file is and how it is told what to do.
func (r *run) help(out *bufio.Writer) {
	name := filepath.Base(r.Args[0])
	about := []string{r.title(), r.config.Description, "", r.config.Copyright}
	if r.config.Author != "" {
		about[2] = "By " + r.config.Author + "."
	}
	for _, line := range about {
		if line != "" {
			fmt.Fprintln(out, line)
		}
	}
	if r.config.ArgsMode == portable.ArgsPack {
		fmt.Fprintf(out, packUsage, name)
		for _, o := range options {
			fmt.Fprintf(out, "  %-20s %s\n", o.name+" "+o.value, o.help)
		}
	} else {
		fmt.Fprintf(out, appUsage, name)
	}
	fmt.Fprint(out, "\nInstead of running anything:\n")
	fmt.Fprint(out, packHelp)
	fmt.Fprint(out, "\nVariables:\n")
	for _, o := range options {
		fmt.Fprintf(out, "  %-20s %s\n", o.env, o.help)
	}
	fmt.Fprintf(out, exitHelp, runtime.GOOS+"/"+runtime.GOARCH)
}

const packUsage = `
Usage: %[1]s [OPTION...] [-] [ARGUMENT...]
       %[1]s [OPTION...] exec COMMAND [ARGUMENT...]
       %[1]s uninstall

Runs a program with its own files. Options end at the first argument that is
none; a lone - ends them too.

Options:
  --help               this text
  --version            name and version
`

const appUsage = `
Usage: %s [ARGUMENT...]

Runs a program with its own files. All arguments are the program's.
`

const packHelp = `  --pack-help          this text
  --pack-info          what the file is made of
  --pack-list          the files in it
  --pack-verify        compare the file, and its unpacked tree, with its hashes
  --pack-extract DIR   unpack into a new or empty directory
  --pack-uninstall     remove what it unpacked
`

const exitHelp = `
A SPEC is PATH, SRC:DST, ro:SRC:DST or rw:SRC:DST; $HOME, $PWD and ~ are
expanded. The exit status is the program's; if a signal ended it, the same
signal ends this process. 125: it could not be started, 126: not executed,
127: not found. Launcher for %s.
`
