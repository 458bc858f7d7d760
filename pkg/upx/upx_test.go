package upx

import (
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func needUPX(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("upx")
	if err != nil {
		t.Skip("needs upx (package upx-ucl): ", err)
	}
	return path
}

// build compiles a C program that greets.
func build(t *testing.T, flags ...string) string {
	t.Helper()
	dir := t.TempDir()
	src := filepath.Join(dir, "hello.c")
	if err := os.WriteFile(src, []byte("#include <stdio.h>\nint main(void) { puts(\"hello\"); return 0; }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	exe := filepath.Join(dir, "hello")
	if out, err := exec.Command("gcc", append(flags, "-o", exe, src)...).CombinedOutput(); err != nil {
		t.Fatalf("gcc: %v\n%s", err, out)
	}
	return exe
}

func script(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "upx")
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"+text), 0o755); err != nil {
		t.Fatal(err)
	}
	return file
}

// options are those for a file, with a temporary directory that can be
// inspected.
func options(t *testing.T, upx, file string) Options {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	fi, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return Options{UPX: upx, Source: f, Size: fi.Size(), Name: "/bin/hello", TempDir: t.TempDir()}
}

func checkEmpty(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestCompress(t *testing.T) {
	upx := needUPX(t)
	for _, flags := range [][]string{{"-pie"}, {"-no-pie"}, {"-static"}} {
		t.Run(flags[0], func(t *testing.T) {
			exe := build(t, flags...)
			before, err := os.ReadFile(exe)
			if err != nil {
				t.Fatal(err)
			}
			o := options(t, upx, exe)
			o.Args = []string{"--best"}
			path, err := Compress(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			packed, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if packed.Mode() != 0o700 || packed.Size() >= o.Size {
				t.Errorf("mode %v, %d bytes of %d", packed.Mode(), packed.Size(), o.Size)
			}
			if out, err := exec.Command(path).Output(); err != nil || string(out) != "hello\n" {
				t.Errorf("the compressed program says %q, %v", out, err)
			}
			if after, err := os.ReadFile(exe); err != nil || string(after) != string(before) {
				t.Errorf("the original changed: %v", err)
			}
			if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
				t.Errorf("beside it: %v, %v", entries, err)
			}
		})
	}
}

func TestCompressRefused(t *testing.T) {
	upx := needUPX(t)
	exe := build(t)
	packed, err := Compress(t.Context(), options(t, upx, exe))
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(filepath.Dir(packed))
	object := build(t, "-c")
	for _, tt := range []struct {
		name, file string
		args, env  []string
		want       string
	}{
		{name: "packed already", file: packed, want: "cannot compress /bin/hello: upx: AlreadyPackedException"},
		{name: "an object file", file: object, want: "cannot compress /bin/hello: upx: UnknownExecutableFormatException"},
		{name: "unknown option", file: exe, args: []string{"--bogus"}, want: "cannot compress /bin/hello: upx: unrecognized option '--bogus'; Usage: "},
		{name: "not even tried", file: exe, args: []string{"--help"}, want: "cannot compress /bin/hello: upx -t rejects the result: NotPackedException"},
		{name: "quiet", file: packed, args: []string{"-qqqqq"}, want: "cannot compress /bin/hello: upx: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := options(t, upx, tt.file)
			o.Args, o.Env = tt.args, tt.env
			path, err := Compress(t.Context(), o)
			var refused *RefusedError
			if !errors.As(err, &refused) || !strings.HasPrefix(err.Error(), tt.want) || path != "" {
				t.Errorf("%q, %v, want %s", path, err, tt.want)
			}
			checkEmpty(t, o.TempDir)
		})
	}
}

func TestCompressTakesOnlyELF(t *testing.T) {
	for _, file := range []string{os.DevNull, script(t, strings.Repeat("echo this is a script\n", 1000))} {
		o := options(t, script(t, "exit 0"), file)
		if _, err := Compress(t.Context(), o); !errors.Is(err, ErrNotELF) || err.Error() != "cannot compress /bin/hello: it is not an ELF file" {
			t.Errorf("%s: %v", file, err)
		}
		checkEmpty(t, o.TempDir)
	}
}

func TestCompressWithoutUPX(t *testing.T) {
	for _, name := range []string{"no-such-upx", "/no/such/upx", os.DevNull, script(t, "") + "/x"} {
		o := options(t, name, script(t, ""))
		_, err := Compress(t.Context(), o)
		var hint interface{ Hint() string }
		if !errors.As(err, &hint) || !strings.Contains(hint.Hint(), "upx-ucl") || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
		checkEmpty(t, o.TempDir)
	}
}

func TestCompressCancelled(t *testing.T) {
	dir := t.TempDir()
	started := filepath.Join(dir, "started")
	if out, err := exec.Command("mkfifo", started).CombinedOutput(); err != nil {
		t.Fatalf("mkfifo: %v\n%s", err, out)
	}
	// The child holds the output pipes open and must die as well.
	upx := script(t, fmt.Sprintf("sleep 1000000 &\necho $! > %s\nwait\n", started))
	o := options(t, upx, build(t))
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("interrupted")
	go func() {
		f, err := os.Open(started)
		if err == nil {
			_, err = io.ReadAll(f)
			err = errors.Join(err, f.Close())
		}
		cancel(errors.Join(why, err))
	}()
	if _, err := Compress(ctx, o); !errors.Is(err, why) || !strings.HasPrefix(err.Error(), "cannot compress /bin/hello: interrupted") {
		t.Errorf("error %v", err)
	}
	checkEmpty(t, o.TempDir)
}

func TestCompressOfTruncatedSource(t *testing.T) {
	o := options(t, script(t, "exit 0"), build(t))
	o.Size++
	if _, err := Compress(t.Context(), o); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("error %v", err)
	}
	checkEmpty(t, o.TempDir)
}

func TestCompressTestsTheResult(t *testing.T) {
	o := options(t, script(t, `[ "$1" != -t ] || { echo; echo upx: program: CantUnpackException: checksum error >&2; exit 1; }`), build(t))
	_, err := Compress(t.Context(), o)
	if want := "cannot compress /bin/hello: upx -t rejects the result: CantUnpackException: checksum error"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	checkEmpty(t, o.TempDir)
}

func TestCompressGivesUPXOnlyItsOwnEnvironment(t *testing.T) {
	upx := needUPX(t)
	t.Setenv("UPX", "--bogus")
	o := options(t, upx, build(t))
	path, err := Compress(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	f, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	o.Env = []string{"UPX=--bogus"}
	if _, err := Compress(t.Context(), o); err == nil {
		t.Error("Env does not reach upx")
	}
}
