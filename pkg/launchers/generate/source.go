package main

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/launchers"
)

// own is the module the launcher belongs to.
const own = "github.com/5bbb5df2/pack"

// goPackage is what "go list -json" says of a package.
type goPackage struct {
	ImportPath, Dir string
	Standard        bool
	Module          *struct{ Path, Version, Dir, GoVersion string }

	GoFiles, SFiles, HFiles, EmbedFiles []string
}

// source makes the files of a module: the package of the launcher at the top,
// all other packages below vendor.
func source() (map[string][]byte, error) {
	packages := map[string]goPackage{}
	files := map[string][]byte{}
	for _, platform := range launchers.Platforms() {
		for _, tags := range []string{"", launchers.AllTag} {
			found, err := list(platform, tags)
			if err != nil {
				return nil, err
			}
			for _, p := range found {
				if leanPackages()[p.ImportPath].whole {
					continue
				}
				packages[p.ImportPath] = p
				if err := addPackage(files, p); err != nil {
					return nil, err
				}
			}
		}
	}
	files[launchers.GoMod], files["vendor/modules.txt"] = goMod(packages), modulesTxt(packages)
	return files, nil
}

// list lists the packages a launcher is built from, but for the standard ones.
func list(platform, tags string) (packages []goPackage, err error) {
	cmd := goCommand(platform, "list", "-deps", "-json=ImportPath,Dir,Standard,Module,GoFiles,SFiles,HFiles,EmbedFiles", "-tags", tags, launcher, own+"/pkg/launchers/consts")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("cannot list the packages of the launcher: %w", err)
	}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		switch err := dec.Decode(&p); {
		case errors.Is(err, io.EOF):
			return packages, nil
		case err != nil:
			return nil, fmt.Errorf("cannot read what go list says: %w", err)
		case !p.Standard && !strings.HasPrefix(p.ImportPath, own+"/pkg/launchers"):
			packages = append(packages, p)
		}
	}
}

// addPackage adds the files a package is built from, and the licences of its
// module.
func addPackage(files map[string][]byte, p goPackage) (err error) {
	dir := "vendor/" + p.ImportPath
	if p.ImportPath == launcher {
		dir = "."
	}
	for _, name := range slices.Concat(p.GoFiles, p.SFiles, p.HFiles, p.EmbedFiles) {
		data, err := leanPackages()[p.ImportPath].file(p, name)
		if err != nil {
			return err
		}
		if data != nil {
			files[path.Join(dir, name)] = data
		}
	}
	licences, err := filepath.Glob(filepath.Join(p.Module.Dir, "LICENSE*"))
	if err != nil {
		return err
	}
	for _, name := range licences {
		if files[path.Join("vendor", p.Module.Path, filepath.Base(name))], err = os.ReadFile(name); err != nil {
			return err
		}
	}
	return nil
}

// module is one of vendor/modules.txt.
type module struct {
	path, version, goVersion string
	packages                 []string
}

// modules lists the modules of packages by path.
func modules(packages map[string]goPackage) []module {
	byPath := map[string]*module{}
	for _, name := range slices.Sorted(maps.Keys(packages)) {
		p := packages[name]
		m := byPath[p.Module.Path]
		if m == nil {
			m = &module{path: p.Module.Path, version: p.Module.Version, goVersion: p.Module.GoVersion}
			byPath[m.path] = m
		}
		if m.path == own {
			m.version = "v0.0.0"
		}
		if name != launcher {
			m.packages = append(m.packages, name)
		}
	}
	var out []module
	for _, name := range slices.Sorted(maps.Keys(byPath)) {
		out = append(out, *byPath[name])
	}
	return out
}

// goMod requires every module, as "go build -mod=vendor" wants it
// (https://go.dev/ref/mod#vendoring).
func goMod(packages map[string]goPackage) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "module %s\n\ngo %s\n\nrequire (\n", launchers.Module, packages[launcher].Module.GoVersion)
	for _, m := range modules(packages) {
		fmt.Fprintf(&b, "\t%s %s\n", m.path, m.version)
	}
	b.WriteString(")\n")
	return b.Bytes()
}

func modulesTxt(packages map[string]goPackage) []byte {
	var b bytes.Buffer
	for _, m := range modules(packages) {
		fmt.Fprintf(&b, "# %s %s\n## explicit", m.path, m.version)
		if m.goVersion != "" {
			fmt.Fprintf(&b, "; go %s", m.goVersion)
		}
		fmt.Fprintf(&b, "\n%s\n", strings.Join(m.packages, "\n"))
	}
	return b.Bytes()
}

// archive makes a tar archive of files, which becomes what GoMod says it is.
func archive(files map[string][]byte) ([]byte, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		h := &tar.Header{Name: name, Mode: 0o644, Size: int64(len(files[name])), Typeflag: tar.TypeReg, Format: tar.FormatPAX}
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := w.Write(files[name]); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return b.Bytes(), err
}
