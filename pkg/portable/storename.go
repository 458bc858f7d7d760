package portable

import (
	"encoding/hex"
	"strings"
)

// A store holds, for each name of an application, a directory
//
//	NAME/.lock                            held by who changes anything in NAME
//	NAME/[VERSION-]DIGEST[.VARIANT]/lock  held, shared, by who uses the tree
//	                               /state how well it is known to be complete
//	                               /origin the file it was unpacked from, by its path
//	                               /root  the tree
//	NAME/.tmp-RANDOM                      a tree being made or removed
//
// DIGEST is the first 32 digits of the payload's. A tree is outdated when its
// origin is not there any more, or is now another payload's: a name alone may be
// that of several programs.
const (
	lockName   = ".lock"
	treeLock   = "lock"
	stateName  = "state"
	originName = "origin"
	rootName   = "root"
	tempMark   = ".tmp-"

	digestDigits = 32
	maxLabel     = 64 // of a name or version in bytes, before the mark of a changed one
)

// label makes a string that people chose fit for one component of a path.
// What had to be changed gets a mark made of the original, so that two names
// never become one.
func label(s string) string {
	clean := strings.Map(func(r rune) rune {
		if r < 0x80 && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._+-", r)) {
			return r
		}
		return '_'
	}, s)
	if strings.HasPrefix(clean, ".") {
		clean = "_" + clean[1:]
	}
	if len(clean) > maxLabel {
		clean = clean[:maxLabel]
	}
	if clean != s {
		d := digestOf([]byte(s))
		clean += "~" + hex.EncodeToString(d[:4])
	}
	return clean
}

// treeKey is the name of the directory of a tree.
func treeKey(version string, d Digest, variant string) string {
	key := d.String()[:digestDigits]
	if version != "" {
		key = label(version) + "-" + key
	}
	if variant != "" {
		key += "." + variant
	}
	return key
}

// keyDigest tells which payload the tree of that name is of, "" for a name
// that treeKey does not make.
func keyDigest(key string) string {
	if i := strings.LastIndexByte(key, '.'); i >= digestDigits && i < len(key)-1 && strings.Trim(key[i+1:], variantLetters) == "" {
		key = key[:i]
	}
	i := len(key) - digestDigits
	if i < 0 || strings.Trim(key[i:], "0123456789abcdef") != "" || i == 1 || i > 1 && key[i-1] != '-' {
		return ""
	}
	return key[i:]
}

const variantLetters = "abcdefghijklmnopqrstuvwxyz0123456789"
