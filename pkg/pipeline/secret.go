package pipeline

import (
	"bytes"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/lazyregexp"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// passwords are files that hold the machine's, whatever their modes are.
var passwords = strings.Fields(`/etc/shadow /etc/shadow- /etc/gshadow /etc/gshadow- /etc/security/opasswd`)

// forOthers are the bits of a mode that let others read or run.
const forOthers = 0o005

// personal are names of what a person or a machine keeps for itself, and shows
// to everybody by mistake: passwords, tokens, keys, and what was typed.
var personal = lazyregexp.New(`^(?:\.env(?:[.-].*)?|\.(?:netrc|npmrc|yarnrc\.yml|pypirc|pgpass|my\.cnf|mylogin\.cnf|s3cfg|boto|git-credentials|htpasswd|vault-token|erlang\.cookie|Xauthority|ICEauthority|viminfo|lesshst|[\w-]*_?history)` +
	`|\.(?:ssh|gnupg|aws|azure|kube|docker|config|password-store|mozilla|pki|terraform\.d)|id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?|.*\.(?:kdbx?|ppk|jks|keystore|tfstate))$`)

// isPersonal tells whether something is called so where people put it, and not
// packages.
func isPersonal(real string) bool {
	return personal.MatchString(path.Base(real)) && !systems.MatchString(real)
}

// isSecret tells whether a file or directory is not for everybody, so that a
// rule does not put it into a bundle that everybody may get: what others may
// neither read nor run, what is called as what people keep for themselves, and
// private keys. Whoever wants it there asks for it with --include.
func (b *builder) isSecret(real string, fi fs.FileInfo) bool {
	if isPersonal(real) {
		if b.plan.Get(real) == nil {
			b.tip("%s is by its name not for everybody: add --include %s if the bundle may have it", real, real)
		}
		return true
	}
	secret := fi.Mode()&forOthers == 0 || slices.Contains(passwords, real) || fi.Mode().IsRegular() && b.isPrivateKey(real)
	if secret {
		b.info("a rule leaves out %s, which is not for everybody to read: add it with --include if the program needs it", real)
	}
	return secret
}

// leftOut advises on configuration that programs may not do without, but rules
// do not add, one sentence for what one of them left out. Keys are for one
// machine to have.
func (r *ruler) leftOut(in *includer) {
	left := slices.DeleteFunc(slices.Clone(in.left), func(real string) bool {
		return !isConfiguration(real) || r.plan.Get(real) != nil || slices.Contains(passwords, real) || path.Ext(real) == ".key" || r.isPrivateKey(real)
	})
	in.left = nil
	if len(left) == 0 || slices.Contains(r.rules.Without, "all") {
		return
	}
	slices.Sort(left)
	what, dir := "is", left[0]
	for _, name := range left[1:] {
		for name != dir && !below(name, dir) {
			what, dir = "holds what is", path.Dir(dir)
		}
	}
	if dir == "/etc" {
		what, dir = "is", left[0]
	}
	r.tip("%s %s not for everybody to read: add --include %s if the bundle may have it", dir, what, dir)
}

// mayHoldKey are the endings of files outside of the system's packages that may
// have a key in them among other things.
var mayHoldKey = lazyregexp.New(`^(?:|\.(?:asc|bak|cfg|conf|ini|json|old|properties|toml|txt|ya?ml))$`)

// isPrivateKey tells whether a file has a private key in it, as RFC 7468 writes
// keys as text. Only files that may be a key are read: those called one, and
// configuration.
func (b *builder) isPrivateKey(real string) bool {
	switch ext := path.Ext(real); {
	case ext == ".p12", ext == ".pfx":
		return true
	case ext != ".key" && ext != ".pem" && !below(real, "/etc") && (systems.MatchString(real) || !mayHoldKey.MatchString(ext)):
		return false
	}
	f, size, err := rootfs.OpenRegular(b.root, real)
	if err != nil {
		return false
	}
	defer f.Close()
	// Bundles of certificates are longer than any key.
	const longest = 64 << 10
	if size > longest {
		return false
	}
	text, err := io.ReadAll(f)
	return err == nil && (bytes.Contains(text, []byte("PRIVATE KEY-----")) || bytes.Contains(text, []byte("PRIVATE KEY BLOCK-----")))
}
