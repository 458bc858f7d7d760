package portable

import "golang.org/x/sys/unix"

// Find returns the payload's tree if one of the candidates has it, as it is,
// and nil otherwise. It unpacks and repairs nothing. Variant is that of
// [ObtainOptions].
func Find(p *Payload, candidates []Candidate, variant string) (*Tree, error) {
	key := treeKey(p.config.Version, p.trailer.digest, variant)
	for _, c := range candidates {
		if t, err := findIn(c, p.config.Name, key); t != nil || err != nil {
			return t, err
		}
	}
	return nil, nil
}

func findIn(c Candidate, name, key string) (*Tree, error) {
	store, err := openOwnDir(unix.AT_FDCWD, c.Dir)
	if err != nil {
		return nil, nil // nothing of ours is in a directory we do not use
	}
	defer store.Close()
	a, err := openApp(store, c, name, false)
	if err != nil {
		return nil, nil
	}
	defer a.close()
	return a.use(c, key, maybeComplete)
}
