package trace

import (
	"path"
	"slices"
	"strings"
)

// secretDirs are directories of a home, or of the root, that hold credentials.
var secretDirs = []string{".ssh", ".aws", ".gnupg", ".azure", ".kube", ".docker", ".config/gcloud", ".config/gh", ".password-store", ".local/share/keyrings", ".terraform.d"}

// secretFiles are such files.
var secretFiles = []string{".netrc", "_netrc", ".git-credentials", ".pgpass", ".my.cnf", ".npmrc", ".pypirc", ".htpasswd", ".vault-token", ".config/git/credentials", ".cargo/credentials", ".cargo/credentials.toml", ".s3cfg", ".boto"}

// systemSecrets are absolute.
var systemSecrets = []string{"/run/secrets", "/var/run/secrets", "/etc/shadow", "/etc/shadow-", "/etc/gshadow", "/etc/gshadow-", "/etc/sudoers", "/etc/ssl/private", "/etc/krb5.keytab"}

// publicDirs hold what looks like keys by name and is what everyone may
// have.
var publicDirs = []string{"/etc/ssl/certs", "/etc/pki/ca-trust", "/etc/pki/tls/certs", "/etc/pam.d", "/usr/share/ca-certificates", "/usr/lib", "/usr/share", "/usr/local/lib"}

// secret says why a path is likely to hold something that must not be
// published; empty if it is not. Homes are directories of users.
func secret(name string, homes []string) string {
	for _, s := range systemSecrets {
		if isWithin(name, s) {
			return "credentials of the system"
		}
	}
	for _, root := range append(otherHomes(name), homes...) {
		for _, dir := range secretDirs {
			if isWithin(name, root+"/"+dir) {
				return "credentials in ~/" + dir
			}
		}
		for _, file := range secretFiles {
			if name == root+"/"+file {
				return "credentials in ~/" + file
			}
		}
	}
	if slices.ContainsFunc(publicDirs, func(dir string) bool { return isWithin(name, dir) }) {
		return ""
	}
	return secretName(path.Base(name))
}

// otherHomes is the home of another user that the path is in, if any.
func otherHomes(name string) []string {
	rest, ok := strings.CutPrefix(name, "/home/")
	if !ok {
		return nil
	}
	user, _, _ := strings.Cut(rest, "/")
	return []string{"/home/" + user}
}

// secretName judges a file by its name alone.
func secretName(base string) string {
	lower := strings.ToLower(base)
	switch ext := path.Ext(lower); {
	case ext == ".pem", ext == ".key", ext == ".p12", ext == ".pfx", ext == ".jks", ext == ".keytab", ext == ".kdbx":
		return "a private key, by its name"
	case lower == ".env", strings.HasPrefix(lower, ".env."):
		return "environment settings, which often hold credentials"
	case slices.Contains([]string{"id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"}, lower),
		strings.HasPrefix(lower, "ssh_host_") && strings.HasSuffix(lower, "_key"):
		return "a private key, by its name"
	case ext == "" || ext == ".txt" || ext == ".json":
		stem := strings.TrimPrefix(strings.TrimSuffix(lower, ext), ".")
		for _, word := range []string{"token", "secret", "secrets", "credentials", "password"} {
			if stem == word || strings.HasSuffix(stem, "_"+word) || strings.HasSuffix(stem, "-"+word) {
				return "credentials, by its name"
			}
		}
	}
	return ""
}
