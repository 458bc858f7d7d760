package closure

import "slices"

// checkVersions compares every symbol version wanted with those defined, as
// _dl_check_map_versions of elf/dl-version.c does after everything is mapped:
// a too old library found early is not passed over, the program dies.
func (l *load) checkVersions(nodes []*Node) {
	for _, n := range nodes {
		for _, need := range n.Obj.VersionsNeeded {
			lib := l.g.names[need.File]
			if lib == nil {
				continue
			}
			for _, v := range need.Versions {
				l.checkVersion(n, lib, need.File, v.Name, v.Weak)
			}
		}
	}
}

func (l *load) checkVersion(by, lib *Node, name, version string, weak bool) {
	switch {
	case !lib.Obj.HasVerdef:
		l.warn("%s: no version information, but %s wants %s of it", lib.Path, by.Path, version)
	case slices.Contains(lib.Obj.VersionsDefined, version):
	case weak:
		l.warn("weak version %s needed by %s: not defined by %s", version, by.Path, lib.Path)
	default:
		l.problem(&VersionError{Version: version, File: lib.Path, By: by.Path, Name: name})
	}
}
