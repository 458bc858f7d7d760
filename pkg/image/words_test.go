package image

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

func TestCommand(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string // nil is an error
	}{
		{``, []string{}},
		{`[]`, []string{}},
		{`/bin/app -x`, []string{"/bin/app", "-x"}},
		{`["/bin/app", "two words", "$HOME"]`, []string{"/bin/app", "two words", "$HOME"}},
		{` ["a"]`, []string{"a"}},
		{`sh -c 'echo "$HOME" | cat'`, []string{"sh", "-c", `echo "$HOME" | cat`}},
		{`a "b \"c\" \d" e\ f ''`, []string{"a", `b "c" \d`, "e f", ""}},
		{`--flag=x{y}`, []string{"--flag=x{y}"}},
		{`["a"`, nil},
		{`[1]`, nil},
		{`a 'b`, nil},
		{`echo $HOME`, nil},
		{`echo "$HOME"`, nil},
		{`a | b`, nil},
		{`a; b`, nil},
		{`a >b`, nil},
		{`X=1 a`, nil},
		{`a &`, nil},
	} {
		got, err := Command(c.text)
		if (err != nil) != (c.want == nil) || !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, %v", c.text, got, err)
		}
	}
}

func TestPort(t *testing.T) {
	for text, want := range map[string]string{
		"80": "80/tcp", "53/udp": "53/udp", "00080/sctp": "80/sctp",
		"0": "", "65536": "", "80/http": "", "": "", "80-90": "", "80/": "",
	} {
		got, err := Port(text)
		if got != want || (err != nil) != (want == "") {
			t.Errorf("%s: %q, %v", text, got, err)
		}
	}
}

func TestSignal(t *testing.T) {
	for text, ok := range map[string]bool{
		"SIGTERM": true, "TERM": true, "quit": true, "9": true, "SIGRTMIN+3": true, "SIGRTMAX-1": true, "RTMIN": true,
		"": false, "SIGNOTHING": false, "0": false, "65": false, "SIGRTMIN+99": false, "SIGRTMIN-1": false,
	} {
		if err := CheckSignal(text); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestName(t *testing.T) {
	for text, want := range map[string]string{
		"app":                        "app:latest docker.io/library/app:latest",
		"me/app:1.0":                 "me/app:1.0 docker.io/me/app:1.0",
		"localhost:5000/a/b/c:x":     "localhost:5000/a/b/c:x localhost:5000/a/b/c:x",
		"docker.io/library/app:2":    "app:2 docker.io/library/app:2",
		"registry.example/library/a": "registry.example/library/a:latest registry.example/library/a:latest",
		"App":                        "", "a:b:c": "", "": "", "app:": "", "-x": "", "a b": "", "../x": "", "a//b": "", "a..b/c": "", "x.y/.z": "", "x/a__b-c.d": "x/a__b-c.d:latest docker.io/x/a__b-c.d:latest",
		"app@sha256:" + strings.Repeat("0", 64): "",
	} {
		tag, err := ParseName(text)
		got := ""
		if err == nil {
			got = FamiliarName(tag) + " " + fullName(tag)
		}
		if got != want {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
}

func TestConfigOntoBase(t *testing.T) {
	base := v1.Config{
		Entrypoint: []string{"/old"}, Cmd: []string{"arg"}, Env: []string{"A=1", "AB=2"}, User: "me", WorkingDir: "/w",
		Labels: map[string]string{"k": "v"}, ExposedPorts: map[string]struct{}{"1/tcp": {}}, StopSignal: "TERM",
	}
	for _, c := range []struct {
		name string
		with Config
		want string
	}{
		{"nothing", Config{}, `{"Cmd":["arg"],"Entrypoint":["/old"],"Env":["A=1","AB=2"],"Labels":{"k":"v"},"User":"me","WorkingDir":"/w","ExposedPorts":{"1/tcp":{}},"StopSignal":"TERM"}`},
		{"an entrypoint drops the base's arguments", Config{Entrypoint: []string{"/new"}}, `{"Entrypoint":["/new"],"Env":["A=1","AB=2"],"Labels":{"k":"v"},"User":"me","WorkingDir":"/w","ExposedPorts":{"1/tcp":{}},"StopSignal":"TERM"}`},
		{"none", Config{Entrypoint: []string{}, Cmd: []string{}}, `{"Env":["A=1","AB=2"],"Labels":{"k":"v"},"User":"me","WorkingDir":"/w","ExposedPorts":{"1/tcp":{}},"StopSignal":"TERM"}`},
		{"all", Config{
			Cmd: []string{"b"}, Env: []string{"A=3", "C=4"}, Labels: map[string]string{"k": "w", "l": "x"}, User: "0", Workdir: "/",
			Ports: []string{"2/udp"}, Volumes: []string{"/data"}, StopSignal: "INT",
		}, `{"Cmd":["b"],"Entrypoint":["/old"],"Env":["A=3","AB=2","C=4"],"Labels":{"k":"w","l":"x"},"User":"0","Volumes":{"/data":{}},"WorkingDir":"/","ExposedPorts":{"1/tcp":{},"2/udp":{}},"StopSignal":"INT"}`},
	} {
		got, err := json.Marshal(c.with.onto(base))
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %v\n%s\n%s", c.name, err, got, c.want)
		}
	}
	if base.Env[0] != "A=1" || len(base.Labels) != 1 {
		t.Error("the base was changed")
	}
}
