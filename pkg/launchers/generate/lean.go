package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
)

// lean says what of a package of others the launcher does without. The linker
// leaves out what nothing calls; but what a package initializes runs at each
// start, and so do the packages it imports.
type lean struct {
	whole   bool              // nothing of it is left
	without []string          // these files are left out
	cut     map[string]string // file: the type from which on to its end it is left out
	instead map[string]string // file: the one of ours that takes its place
}

// leanPackages lists them by import path. Without the encoder, zstd needs
// neither random numbers nor checksums.
func leanPackages() map[string]lean {
	return map[string]lean{
		"github.com/klauspost/compress/zstd": {
			without: []string{
				"blockenc.go", "enc_base.go", "enc_best.go", "enc_better.go", "enc_dfast.go", "enc_fast.go", "enc_jobs.go",
				"encoder.go", "encoder_options.go", "matchlen_amd64.go", "matchlen_amd64.s", "matchlen_generic.go",
				"simple.go", "snappy.go", "zip.go",
			},
			cut: map[string]string{"dict.go": "BuildDictOptions"},
		},
		"github.com/klauspost/compress/internal/snapref": {whole: true},
		"github.com/klauspost/cpuid/v2":                  {whole: true},
		"github.com/zeebo/blake3/internal/consts":        {instead: map[string]string{"cpu.go": "consts/cpu.go"}},
	}
}

// file reads a file of p as l leaves it; nil is none.
func (l lean) file(p goPackage, name string) ([]byte, error) {
	if slices.Contains(l.without, name) {
		return nil, nil
	}
	if ours, ok := l.instead[name]; ok {
		return os.ReadFile(ours)
	}
	data, err := os.ReadFile(filepath.Join(p.Dir, name))
	if from, ok := l.cut[name]; ok && err == nil {
		if data, err = cutFrom(data, from); err != nil {
			err = fmt.Errorf("cannot cut %s of %s: %w", name, p.ImportPath, err)
		}
	}
	return data, err
}

// cutFrom leaves out what src declares from a type on, and the imports that
// only that needs.
func cutFrom(src []byte, typeName string) ([]byte, error) {
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, "", src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(f.Decls, func(d ast.Decl) bool { return declares(d, typeName) })
	if at < 0 {
		return nil, errors.New("no type " + typeName)
	}
	left := f.Decls[:at]
	lines := bytes.SplitAfter(src[:set.Position(left[at-1].End()).Offset], []byte("\n"))
	used := selected(left)
	for _, spec := range f.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		if !used[path.Base(name)] {
			lines[set.Position(spec.Pos()).Line-1] = nil
		}
	}
	return format.Source(append(bytes.Join(lines, nil), '\n'))
}

func declares(d ast.Decl, typeName string) bool {
	g, ok := d.(*ast.GenDecl)
	return ok && slices.ContainsFunc(g.Specs, func(s ast.Spec) bool {
		t, ok := s.(*ast.TypeSpec)
		return ok && t.Name.Name == typeName
	})
}

// selected are the names before a dot, those of packages among them.
func selected(decls []ast.Decl) map[string]bool {
	names := map[string]bool{}
	for _, d := range decls {
		ast.Inspect(d, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok {
					names[x.Name] = true
				}
			}
			return true
		})
	}
	return names
}
