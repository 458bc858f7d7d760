package ldso

import (
	"path"
	"slices"
	"strings"
)

// dropped is why an element for which expand has no result is not searched.
func dropped(owner *Requester) string {
	if owner.Origin == "" {
		return "$ORIGIN is not known"
	}
	return "a set-id program does not trust its $ORIGIN"
}

// expand replaces the dynamic string tokens of ld.so(8) in one element of a
// search list or one name: $ORIGIN, $LIB and $PLATFORM, each with or without
// braces. The longest identifier counts, so $PLATFORMX is no token, and an
// unknown one stays as it is. $PLATFORM may stand for several things: the
// results are in the order of System.Platforms, the baseline first. No result
// means that $ORIGIN was asked for and is unknown, or not to be trusted: that
// of a set-id program's executable, though not of its libraries
// (_dl_dst_substitute of elf/dl-load.c).
func (s *search) expand(elem string, owner *Requester) []string {
	if !strings.Contains(elem, "$") {
		return []string{elem}
	}
	var out []string
	for _, platform := range s.Platforms {
		text, usesOrigin, usesPlatform := replaceTokens(elem, map[string]string{
			"ORIGIN": owner.Origin, "LIB": s.Lib, "PLATFORM": platform,
		})
		if usesOrigin && (owner.Origin == "" || owner.Secure && owner.Loader == nil && !s.trusted(text)) {
			return nil
		}
		out = append(out, text)
		if !usesPlatform {
			break
		}
	}
	return out
}

func replaceTokens(elem string, values map[string]string) (text string, origin, platform bool) {
	var b strings.Builder
	for {
		i := strings.IndexByte(elem, '$')
		if i < 0 {
			b.WriteString(elem)
			return b.String(), origin, platform
		}
		b.WriteString(elem[:i])
		name, size := token(elem[i:])
		value, known := values[name]
		if !known {
			b.WriteByte('$')
			elem = elem[i+1:]
			continue
		}
		origin = origin || name == "ORIGIN"
		platform = platform || name == "PLATFORM"
		b.WriteString(value)
		elem = elem[i+size:]
	}
}

// token reads "$NAME" or "${NAME}" at the start of s.
func token(s string) (name string, size int) {
	if strings.HasPrefix(s, "${") {
		end := strings.IndexByte(s, '}')
		if end < 0 {
			return "", 1
		}
		return s[2:end], end + 1
	}
	end := 1
	for end < len(s) && isIdent(s[end]) {
		end++
	}
	return s[1:end], end
}

func isIdent(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// trusted is is_trusted_path_normalize of elf/dl-load.c: a set-id program may
// use $ORIGIN only where it leads to a default directory or below one.
func (s *search) trusted(dir string) bool {
	dir = path.Clean(dir) + "/"
	return slices.ContainsFunc(s.DefaultDirs, func(d string) bool { return strings.HasPrefix(dir, d+"/") })
}
