package publish

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const bakeFile = "images/docker-bake.hcl"

// bakery is what a bake file says, as hcl2json writes it: every block is a list
// of those of its name. What is not here the file must not have.
type bakery struct {
	Variable map[string][]struct{ Default string }
	Group    map[string][]struct{ Targets []string }
	Target   map[string][]bakeTarget
}

// bakeTarget is one target
// (https://docs.docker.com/build/bake/reference/#target).
type bakeTarget struct {
	Name, Context, Dockerfile string
	Contexts                  map[string]string
	Platforms, Tags           []string
	Matrix                    map[string][]string
}

// readBake reads the bake file by the parser that buildx has, too.
func readBake(t *testing.T) bakery {
	t.Helper()
	text := output(t, nil, "go", "tool", "-modfile=tools.mod", "hcl2json", "-simplify", bakeFile)
	var b bakery
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&b); err != nil {
		t.Fatalf("%s has what this test cannot expand: %v\n%s", bakeFile, err, text)
	}
	return b
}

// expand returns the targets of a group as they are built with the variables.
func (b bakery) expand(t *testing.T, group string, variables map[string]string) map[string]bakeTarget {
	t.Helper()
	given := map[string]string{}
	for name, v := range b.Variable {
		given[name] = v[0].Default
		if value, ok := variables[name]; ok {
			given[name] = value
		}
	}
	found := map[string]bakeTarget{}
	for _, name := range b.Group[group][0].Targets {
		if b.Target[name] == nil {
			t.Fatalf("the group %s names a target %s that is none", group, name)
		}
		target := b.Target[name][0]
		if target.Matrix == nil {
			found[name] = target.with(t, given)
			continue
		}
		if len(target.Matrix) != 1 {
			t.Fatalf("target %s: this test expands a matrix of one variable", name)
		}
		for variable, values := range target.Matrix {
			for _, value := range values {
				given[variable] = value
				one := target.with(t, given)
				found[one.Name] = one
			}
			delete(given, variable)
		}
	}
	return found
}

// with puts the values of the variables where their names are.
func (b bakeTarget) with(t *testing.T, values map[string]string) bakeTarget {
	expand := func(s string) string {
		return os.Expand(s, func(name string) string {
			value, ok := values[name]
			if !ok {
				t.Errorf("%s: %q has a variable %s that is none", bakeFile, s, name)
			}
			return value
		})
	}
	b.Name, b.Context, b.Dockerfile = expand(b.Name), expand(b.Context), expand(b.Dockerfile)
	b.Tags = slices.Clone(b.Tags)
	for i, tag := range b.Tags {
		b.Tags[i] = expand(tag)
	}
	slices.Sort(b.Tags)
	return b
}

// builds lists what the targets make: an image, its platform, its Dockerfile.
func builds(targets map[string]bakeTarget) string {
	var lines []string
	for _, target := range targets {
		dockerfile := filepath.Join(target.Context, target.Dockerfile)
		if target.Dockerfile == "" {
			dockerfile = filepath.Join(target.Context, "Dockerfile")
		}
		for _, tag := range target.Tags {
			for _, platform := range target.Platforms {
				lines = append(lines, fmt.Sprintf("%s %s %s\n", tag, platform, dockerfile))
			}
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

var published = map[string]string{"REGISTRY": "registry.example/team/", "VERSION": "1.2.3"}

// TestBake compares what the bake file would build with the list of what is to
// be published.
func TestBake(t *testing.T) {
	targets := readBake(t).expand(t, "default", published)
	got := builds(targets)
	golden := filepath.Join("testdata", "bake.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s would build\n%s\nwant\n%s", bakeFile, got, want)
	}
	for name, target := range targets {
		if _, err := os.Stat(filepath.Join(root, target.Context, target.Dockerfile)); err != nil {
			t.Errorf("target %s: %v", name, err)
		}
		if name != "pack" && target.Contexts["pack"] != "target:pack" {
			t.Errorf("target %s takes pack from %q", name, target.Contexts["pack"])
		}
	}
}

// TestBakeDirectories has every directory of images be a target: build.sh takes
// them where there is no buildx.
func TestBakeDirectories(t *testing.T) {
	dockerfiles, err := filepath.Glob(filepath.Join(root, "images", "*", "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	got := []string{"pack"}
	for _, d := range dockerfiles {
		got = append(got, filepath.Base(filepath.Dir(d)))
	}
	var want []string
	for name := range readBake(t).expand(t, "default", nil) {
		want = append(want, name)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("there are Dockerfiles for %q, and %s has %q", got, bakeFile, want)
	}
}

// TestBuildx asks buildx itself, where it is installed, and so tests this test.
func TestBuildx(t *testing.T) {
	if exec.Command("docker", "buildx", "version").Run() != nil {
		t.Skip("docker has no buildx here")
	}
	cmd := exec.CommandContext(t.Context(), "docker", "buildx", "bake", "-f", bakeFile, "--print")
	cmd.Dir, cmd.Env = root, append(os.Environ(), "REGISTRY="+published["REGISTRY"], "VERSION="+published["VERSION"])
	var diagnosis bytes.Buffer
	cmd.Stderr = &diagnosis
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &diagnosis)
	}
	var printed struct{ Target map[string]bakeTarget }
	if err := json.Unmarshal(out, &printed); err != nil {
		t.Fatal(err)
	}
	if got, want := builds(readBake(t).expand(t, "default", published)), builds(printed.Target); got != want {
		t.Errorf("this test expands\n%s\nbuildx\n%s", got, want)
	}
}
