package rules

import "strings"

// skim reads of a rule file that is known to be correct only what [Set.Match]
// asks of every rule, and leaves the rest of each block for later: of the table
// that comes with pack, nearly every rule is of no use to any one program.
func skim(text string) []Rule {
	out := make([]Rule, 0, strings.Count(text, "\nrule ")+1)
	for {
		i := strings.Index(text, "\nrule ")
		if i < 0 {
			return out
		}
		block := text[i+1:]
		if end := strings.Index(block, "\nrule "); end >= 0 {
			text, block = block[end:], block[:end+1]
		} else {
			text = ""
		}
		name, _, _ := strings.Cut(block[len("rule "):], "\n")
		r := Rule{Name: strings.TrimSpace(name), unread: block}
		for rest := block; ; {
			const when = "\n  when "
			at := strings.Index(rest, when)
			if at < 0 {
				break
			}
			line, _, _ := strings.Cut(rest[at+len(when):], "\n")
			rest = rest[at+len(when):]
			if r.when(strings.Fields(line)) != nil {
				break
			}
		}
		out = append(out, r)
	}
}

// read completes a rule that was skimmed.
func (r *Rule) read() *Rule {
	if r.unread != "" {
		if list, err := Parse("", r.unread); err == nil && len(list) == 1 {
			*r = list[0]
		}
		r.unread = ""
	}
	return r
}
