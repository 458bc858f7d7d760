package behaviour

import (
	"bytes"
	"encoding/binary"
	"os"
	"testing"

	"github.com/5bbb5df2/pack/test/lib/bundle"
)

// The programs here read what no rule of their own names: data, modules and
// helpers by paths that are compiled in, or that are called as they are.

// TestBison reads its skeletons, and runs m4.
func TestBison(t *testing.T) {
	bundle.Suite(t)
	b := bundle.Pack(t, "/usr/bin/bison")
	b.Write(t, "tmp/in.y", []byte("%token A\n%%\ns: A s | ;\n"))
	b.Run(t, "/usr/bin/bison", "-Wno-other", "--output=/tmp/out.c", "/tmp/in.y")
	got, err := os.ReadFile(b.Path("tmp/out.c"))
	bundle.Must(t, err)
	bundle.Contains(t, string(got), "yyparse (void)")
}

// TestZsh loads a module, and functions that lie in its share.
func TestZsh(t *testing.T) {
	bundle.Suite(t)
	b := bundle.Pack(t, "/usr/bin/zsh")
	b.Write(t, "tmp/a.c", nil)
	out := b.Run(t, "/usr/bin/zsh", "-f", "-c",
		`zmodload zsh/datetime && (( EPOCHSECONDS > 0 )) && autoload -U zmv && cd /tmp && zmv -n '(*).c' '$1.cc'`)
	bundle.Contains(t, out, "mv -- a.c a.cc")
}

// TestHunspell has a dictionary.
func TestHunspell(t *testing.T) {
	bundle.Suite(t)
	out := bundle.Pack(t, "/usr/bin/hunspell").Feed(t, "hello wrold\n", "/usr/bin/hunspell", "-d", "en_US", "-l")
	if out != "wrold\n" {
		t.Errorf("wrong is %q", out)
	}
}

// TestSox writes a format that a module of its library knows.
func TestSox(t *testing.T) {
	bundle.Suite(t)
	b := bundle.Pack(t, "/usr/bin/sox")
	b.Run(t, "/usr/bin/sox", "-n", "/tmp/out.flac", "synth", "0.1", "sine", "440", "vol", "0.5")
	b.Run(t, "/usr/bin/sox", "/tmp/out.flac", "/tmp/out.wav")
	got, err := os.ReadFile(b.Path("tmp/out.wav"))
	bundle.Must(t, err)
	const rate, seconds = 48000, 0.1
	if len(got) < 44 || !bytes.HasPrefix(got, []byte("RIFF")) || binary.LittleEndian.Uint32(got[24:]) != rate || len(got) < 2*rate*seconds {
		t.Errorf("the sound is %d bytes: %.44q", len(got), got)
	}
}

// TestGnuPG makes a key, which the agent keeps, and signs with it.
func TestGnuPG(t *testing.T) {
	bundle.Suite(t)
	b := bundle.Pack(t, "/usr/bin/gpg", "/usr/bin/gpgconf")
	gpg := func(args ...string) string {
		return b.Run(t, append([]string{"/usr/bin/gpg", "--homedir=/tmp", "--batch", "--no-permission-warning", "--passphrase="}, args...)...)
	}
	b.Write(t, "tmp/text", []byte("signed\n"))
	gpg("--quick-generate-key", "nobody@example.org", "ed25519", "sign", "never")
	defer b.Run(t, "/usr/bin/gpgconf", "--homedir=/tmp", "--kill", "all")
	gpg("--output=/tmp/signed", "--sign", "/tmp/text")
	bundle.Contains(t, gpg("--verify", "/tmp/signed"), "Good signature", "nobody@example.org")
}

// TestKerberos makes the database of a realm, which takes a module.
func TestKerberos(t *testing.T) {
	bundle.Suite(t)
	b := bundle.Pack(t, "/usr/sbin/kdb5_util")
	b.Write(t, "etc/krb5.conf", []byte("[libdefaults]\n default_realm = EXAMPLE.ORG\n"+
		"[realms]\n EXAMPLE.ORG = {\n  database_name = /tmp/principal\n  key_stash_file = /tmp/stash\n }\n"))
	b.Run(t, "/usr/sbin/kdb5_util", "create", "-s", "-P", "master")
	bundle.Contains(t, b.Run(t, "/usr/sbin/kdb5_util", "dump"), "K/M@EXAMPLE.ORG")
}
