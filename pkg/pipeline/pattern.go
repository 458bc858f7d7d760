package pipeline

import (
	"regexp"
	"sync"
)

// pattern is a regular expression that is compiled when it is first used: most
// programs are none of what most patterns are about, and to compile them all
// takes longer than to plan a plain program. Safe for concurrent use.
type pattern struct {
	text string
	once sync.Once
	re   *regexp.Regexp
}

// newPattern panics at its first use if the text is no regular expression.
func newPattern(text string) *pattern { return &pattern{text: text} }

func (p *pattern) compiled() *regexp.Regexp {
	p.once.Do(func() { p.re = regexp.MustCompile(p.text) })
	return p.re
}

func (p *pattern) MatchString(s string) bool { return p.compiled().MatchString(s) }

func (p *pattern) FindAllString(s string, n int) []string { return p.compiled().FindAllString(s, n) }

func (p *pattern) FindStringSubmatch(s string) []string { return p.compiled().FindStringSubmatch(s) }

func (p *pattern) FindAllStringSubmatch(s string, n int) [][]string {
	return p.compiled().FindAllStringSubmatch(s, n)
}

func (p *pattern) FindAllSubmatch(b []byte, n int) [][][]byte {
	return p.compiled().FindAllSubmatch(b, n)
}

func (p *pattern) ReplaceAllString(s, by string) string { return p.compiled().ReplaceAllString(s, by) }

func (p *pattern) ReplaceAllLiteralString(s, by string) string {
	return p.compiled().ReplaceAllLiteralString(s, by)
}

func (p *pattern) ReplaceAllStringFunc(s string, by func(string) string) string {
	return p.compiled().ReplaceAllStringFunc(s, by)
}
