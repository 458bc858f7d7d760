package publish

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/5bbb5df2/pack/test/lib/engine"
	"github.com/5bbb5df2/pack/test/readme"
)

// TestImages builds images as "make images" and "make push" do where there is no
// buildx, those of which it can make the base, and runs pack in them.
func TestImages(t *testing.T) {
	engine.Need(t)
	for _, prepare := range []func() error{engine.Debian, engine.Tool} {
		if err := prepare(); err != nil {
			t.Fatal(err)
		}
	}
	client, err := engine.Find(t.Context(), true)
	if err != nil {
		if client, err = engine.Find(t.Context(), false); err != nil {
			t.Fatal(err)
		}
	}
	host := registry(t)
	t.Cleanup(func() { removeImages(client, host) })
	// The image pack is that of the program under test, which "make image"
	// would build again.
	env := []string{"PATH=" + onHostNetwork(t, client) + ":" + os.Getenv("PATH")}
	build := func(target, image string) {
		t.Log(output(t, env, "make", "-o", "image", target, "REGISTRY="+host, "VERSION=1.2.3+dirty", "IMAGES="+image))
	}
	build("push", "debian")
	removeImages(client, host) // docker run gets it from the registry
	build("images", "cc")

	want := readBake(t).expand(t, "default", map[string]string{"REGISTRY": host + "/", "VERSION": "1.2.3-dirty"})
	for _, tag := range want["cc"].Tags {
		if !client.Has(tag) {
			t.Errorf("there is no image %s", tag)
		}
	}
	for name, repository := range map[string]string{"debian": "pack/debian", "pack": "pack"} {
		if got := tagsOf(t, host, repository); !slices.Equal(got, want[name].Tags) {
			t.Errorf("the registry has %q, and the bake file %q", got, want[name].Tags)
		}
	}
	for _, image := range []string{host + "/pack/debian:bookworm-pack1.2.3-dirty", host + "/pack/cc:latest"} {
		out, err := client.Command(t.Context(), "run", "--rm", image, "sh", "-exc", bundlesCompressed).CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", image, err, out)
		}
	}
	buildReadme(t, client, host)
}

// bundlesCompressed runs in the images. A simple command would need no busybox;
// a pipe does.
const bundlesCompressed = `pack --version
pack /bin/ls /bundle --compress --test --test-command 'ls / | grep usr' --test-stdout usr
chroot /bundle /bin/ls /usr/bin
upx -tq /bundle/bin/ls
test ! -e /tmp/tools.sh
`

// buildReadme builds what the README shows with pack/cc.
func buildReadme(t *testing.T, c engine.Client, host string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"Dockerfile": strings.Replace(readmeBlock(t, "dockerfile", "FROM pack/cc"), "FROM pack/", "FROM "+host+"/pack/", 1),
		"app.c":      "int main(void) { return 0; }\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Do("build", "-t", host+"/readme", dir); err != nil {
		t.Error(err)
	}
}

// readmeBlock is the block of the README in that language with that text.
func readmeBlock(t *testing.T, lang, text string) string {
	t.Helper()
	blocks, err := readme.Blocks(lang)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range blocks {
		if strings.Contains(b.Text, text) {
			return b.Text
		}
	}
	t.Fatalf("the README has no %s block with %s", lang, text)
	return ""
}

// onHostNetwork returns a directory whose docker is the client's, and builds on
// the host's network: that reaches Debian's archive where the engine has no
// bridge.
func onHostNetwork(t *testing.T, c engine.Client) string {
	t.Helper()
	dir := t.TempDir()
	script := fmt.Sprintf("#!/bin/sh\n[ \"$1\" != build ] || { shift; set -- build --network host \"$@\"; }\nexec %s \"$@\"\n", c.Path)
	if c.BuildKit {
		script = strings.Replace(script, "exec ", "DOCKER_BUILDKIT=1 exec ", 1)
	}
	if err := os.WriteFile(filepath.Join(dir, "docker"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// registry starts Debian's docker-registry on a free port of this machine.
func registry(t *testing.T) string {
	t.Helper()
	program, err := exec.LookPath("docker-registry")
	if err != nil {
		t.Skip("no docker-registry: make setup")
	}
	dir := t.TempDir()
	config := filepath.Join(dir, "config.yml")
	text := "version: 0.1\nlog: {level: info, formatter: json}\nstorage: {filesystem: {rootdirectory: " + dir + "/data}}\nhttp: {addr: '127.0.0.1:0'}\n"
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "serve", config)
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout = cmd.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		if at := listening.FindStringSubmatch(lines.Text()); at != nil {
			go func() {
				for lines.Scan() { // or it blocks
				}
			}()
			return at[1]
		}
	}
	t.Fatal("docker-registry does not say where it listens")
	return ""
}

var listening = regexp.MustCompile(`listening on (127\.0\.0\.1:[0-9]+)`)

// tagsOf asks the registry for an image's names, and sorts them.
func tagsOf(t *testing.T, host, repository string) []string {
	t.Helper()
	response, err := http.Get("http://" + host + "/v2/" + repository + "/tags/list")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var list struct{ Tags []string }
	if err := json.NewDecoder(response.Body).Decode(&list); err != nil {
		t.Fatal(err)
	}
	var tags []string
	for _, tag := range list.Tags {
		tags = append(tags, host+"/"+repository+":"+tag)
	}
	slices.Sort(tags)
	return tags
}

// removeImages takes the registry's images from the engine.
func removeImages(c engine.Client, host string) {
	out, _ := c.Command(context.Background(), "image", "ls", "--format", "{{.Repository}}:{{.Tag}}").Output()
	for name := range strings.FieldsSeq(string(out)) {
		if strings.HasPrefix(name, host+"/") {
			c.Command(context.Background(), "rmi", "-f", name).Run()
		}
	}
}
