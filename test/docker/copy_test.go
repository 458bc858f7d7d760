package docker

import (
	"archive/tar"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

// bundling is a build stage that bundles Debian's perl with pack's flags.
func bundling(flags string) string {
	return "FROM " + base + " AS build\n" +
		"COPY --from=pack /pack /usr/local/bin/pack\n" +
		"RUN pack " + flags + " /usr/bin/perl /bundle\n"
}

// onto is a last stage that copies the bundle onto a base.
func onto(base string) string {
	return "FROM " + base + "\nCOPY --from=build /bundle /.\n"
}

// realLib is a stage whose /lib is a directory of its own, with a file in it.
const realLib = "FROM scratch AS real\nCOPY --from=pack /pack /lib/kept\n"

// mounted turns a stage of bundling into one that mounts pack instead of
// copying it, which only BuildKit can.
func mounted(stage string) string {
	return strings.Replace(stage, "COPY --from=pack /pack /usr/local/bin/pack\nRUN pack",
		"RUN --mount=from=pack,target=/tool /tool/pack", 1)
}

func TestBundleRunsOn(t *testing.T) {
	for _, tt := range []struct{ name, dockerfile string }{
		{"scratch", bundling("") + onto("scratch")},
		{"a usr-merged base", bundling("") + onto(base)},
		{"scratch with real dirs", bundling("--real-dirs") + onto("scratch")},
		{"a base with a real lib", bundling("--real-dirs") + realLib + onto("real")},
		{"scratch with pack mounted", mounted(bundling("")) + onto("scratch")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			eachBuilder(t, func(t *testing.T, b builder) {
				if strings.Contains(tt.dockerfile, "--mount") && !b.buildkit {
					t.Skip("the classic builder has no RUN --mount")
				}
				image := b.mustBuild(t, tt.dockerfile)
				if got := b.run(t, image, "/usr/bin/perl", "-e", "print 6 * 7"); got != "42" {
					t.Errorf("perl printed %q, want 42", got)
				}
			})
		})
	}
}

// TestRealDirsNeeded shows what --real-dirs is for. Without it the bundle has
// a link lib -> usr/lib, and a base whose /lib is a directory either refuses
// it (BuildKit) or loses that directory (the classic builder).
func TestRealDirsNeeded(t *testing.T) {
	eachBuilder(t, func(t *testing.T, b builder) {
		image, err := b.build(t, bundling("")+realLib+onto("real"))
		if err == nil && exists(t, b, image, "lib/kept") {
			t.Error("the base's /lib survived a bundle that has a link in its place")
		}
		image = b.mustBuild(t, bundling("--real-dirs")+realLib+onto("real"))
		if !exists(t, b, image, "lib/kept") {
			t.Error("with --real-dirs the base has lost what was in its /lib")
		}
	})
}

func exists(t *testing.T, b builder, image, name string) bool {
	_, ok := files(t, b, image)[name]
	return ok
}

// TestCopyKeeps bundles files with an owner, a mode, a time, a second name and
// a capability, and finds all of it in the image made of the bundle.
func TestCopyKeeps(t *testing.T) {
	prepared := strings.Replace(bundling("--include '/usr/bin/capped*' --include /opt/sticky"), "RUN pack", `RUN apt-get update && apt-get install -y --no-install-recommends libcap2-bin
RUN cp /usr/bin/perl /usr/bin/capped && ln /usr/bin/capped /usr/bin/capped-too && ln -s capped /usr/bin/capped-link && \
    chown 1234:5678 /usr/bin/capped && chmod 0751 /usr/bin/capped && setcap cap_net_raw+ep /usr/bin/capped && \
    mkdir -m 1777 /opt/sticky && touch -d 2001-02-03T04:05:06Z /usr/bin/capped /opt/sticky
RUN pack`, 1)
	eachBuilder(t, func(t *testing.T, b builder) {
		found := files(t, b, b.mustBuild(t, prepared+onto("scratch")))
		one, two := found["usr/bin/capped"], found["usr/bin/capped-too"]
		if one == nil || two == nil {
			t.Fatal("the image lacks usr/bin/capped or usr/bin/capped-too")
		}
		if one.Typeflag == tar.TypeLink {
			one, two = two, one
		}
		if two.Typeflag != tar.TypeLink || two.Linkname != one.Name {
			t.Errorf("%s is no hard link to %s", two.Name, one.Name)
		}
		if one.Uid != 1234 || one.Gid != 5678 || one.Mode&0o7777 != 0o751 {
			t.Errorf("%s is of %d:%d, mode %o", one.Name, one.Uid, one.Gid, one.Mode)
		}
		if want := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC); !one.ModTime.Equal(want) {
			t.Errorf("%s is of %v, want %v", one.Name, one.ModTime, want)
		}
		if one.PAXRecords["SCHILY.xattr.security.capability"] == "" {
			t.Errorf("%s has lost its capability", one.Name)
		}
		if link := found["usr/bin/capped-link"]; link == nil || link.Linkname != "capped" {
			t.Errorf("usr/bin/capped-link is %+v, want a link to capped", link)
		}
		if dir := found["opt/sticky/"]; dir == nil || dir.Mode&0o7777 != 0o1777 {
			t.Errorf("opt/sticky is %+v, want mode 1777", dir)
		}
	})
}

// files returns the headers of everything in the image, by name.
func files(t *testing.T, b builder, image string) map[string]*tar.Header {
	t.Helper()
	id, err := b.command(t.Context(), "create", image, "/none").Output()
	if err != nil {
		t.Fatalf("docker create %s: %v", image, err)
	}
	container := strings.TrimSpace(string(id))
	defer b.command(t.Context(), "rm", container).Run()
	cmd := b.command(t.Context(), "export", container)
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	found := map[string]*tar.Header{}
	for r := tar.NewReader(pipe); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("docker export %s: %v", image, err)
		}
		found[h.Name] = h
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("docker export %s: %v", image, err)
	}
	return found
}
