package publish

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// runner does what GitHub's runner does with the steps of a composite action
// or a job that are shell scripts
// (https://docs.github.com/actions/reference/workflows-and-actions).
type runner struct {
	dir, temp string
	env       []string
	inputs    map[string]string
	outputs   map[string]string // "steps.ID.outputs.NAME"
	path      []string          // what steps have put on PATH
}

// step is one of an action or a job.
type step struct {
	ID, If, Shell, Run, Uses string
	Env                      map[string]string
	With                     map[string]string
	WorkingDirectory         string `yaml:"working-directory"`
}

// action is an action.yml.
type action struct {
	Inputs  map[string]struct{ Default string }
	Outputs map[string]struct{ Value string }
	Runs    struct {
		Using string
		Steps []step
	}
}

// readYAML reads a file of .github.
func readYAML(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, ".github", name))
	if err == nil {
		err = yaml.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatalf(".github/%s: %v", name, err)
	}
}

// newRunner is a runner in a directory of its own.
func newRunner(t *testing.T, inputs map[string]string) *runner {
	t.Helper()
	return &runner{dir: t.TempDir(), temp: t.TempDir(), inputs: inputs, outputs: map[string]string{}}
}

// do runs the steps that are scripts, up to one that fails, and returns what
// they print.
func (r *runner) do(t *testing.T, steps []step) (string, error) {
	t.Helper()
	var printed strings.Builder
	for _, s := range steps {
		if s.Run == "" || !r.wanted(t, s.If) {
			continue
		}
		out, err := r.script(t, s)
		printed.WriteString(out)
		if err != nil {
			return printed.String(), err
		}
	}
	return printed.String(), nil
}

// script runs one step as "shell: bash" does.
func (r *runner) script(t *testing.T, s step) (string, error) {
	t.Helper()
	if s.Shell != "bash" {
		t.Fatalf("the shell of a step is %q, not bash", s.Shell)
	}
	file := filepath.Join(t.TempDir(), "script.sh")
	output, path := filepath.Join(t.TempDir(), "output"), filepath.Join(t.TempDir(), "path")
	for name, text := range map[string]string{file: r.expand(t, s.Run), output: "", path: ""} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "bash", "--noprofile", "--norc", "-eo", "pipefail", file)
	cmd.Dir = filepath.Join(r.dir, r.expand(t, s.WorkingDirectory))
	cmd.Env = append(os.Environ(), "RUNNER_TEMP="+r.temp, "GITHUB_OUTPUT="+output, "GITHUB_PATH="+path,
		"PATH="+strings.Join(append(r.path, os.Getenv("PATH")), ":"))
	cmd.Env = append(cmd.Env, r.env...)
	for name, value := range s.Env {
		cmd.Env = append(cmd.Env, name+"="+r.expand(t, value))
	}
	printed, err := cmd.CombinedOutput()
	for _, line := range lines(t, output) {
		name, value, _ := strings.Cut(line, "=")
		r.outputs["steps."+s.ID+".outputs."+name] = value
	}
	r.path = append(lines(t, path), r.path...)
	return string(printed), err
}

func lines(t *testing.T, name string) []string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.FieldsFunc(string(data), func(r rune) bool { return r == '\n' })
}

var expression = regexp.MustCompile(`\$\{\{ *(.*?) *\}\}`)

// expand puts values in the place of expressions; one that this runner cannot
// evaluate ends the test.
func (r *runner) expand(t *testing.T, s string) string {
	t.Helper()
	return expression.ReplaceAllStringFunc(s, func(e string) string {
		name := expression.FindStringSubmatch(e)[1]
		if value, ok := r.outputs[name]; ok {
			return value
		}
		input, isInput := strings.CutPrefix(name, "inputs.")
		value, ok := r.inputs[input]
		if !isInput || !ok {
			t.Fatalf("cannot evaluate %s", e)
		}
		return value
	})
}

// wanted evaluates the one form of condition there is: inputs.NAME != ”.
func (r *runner) wanted(t *testing.T, condition string) bool {
	t.Helper()
	if condition == "" {
		return true
	}
	name, ok := strings.CutSuffix(condition, " != ''")
	if !ok {
		t.Fatalf("cannot evaluate the condition %q", condition)
	}
	return r.expand(t, "${{ "+name+" }}") != ""
}
