package pipeline

import (
	"path"
	"slices"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rules"
	"github.com/5bbb5df2/pack/pkg/scripts"
)

// calls adds the programs that a script of Perl, Python, Ruby or PHP calls, as
// far as its text shows them.
func (r *ruler) calls(script string, why plan.Reason) error {
	text := r.readSmall(script)
	for _, name := range append(scripts.CallsBeside(text), scripts.Family(text, path.Base(script))...) {
		if err := r.command(path.Dir(script)+"/"+name, why); err != nil {
			return err
		}
	}
	return r.programsOf(scripts.Calls(text), why)
}

// callsOf keeps the programs that a module of a script's own distribution calls,
// where those of scripts are wanted. Not all that is in a module is done in each
// run: large ones are left out.
func (r *ruler) callsOf(text, module string) {
	if rule := r.ruleMaking(rules.MakeCalls); rule != nil {
		r.guardedOf(scripts.Calls(text), plan.Reason{Kind: plan.Rule, By: rule.Name, Via: module + " is of a script's own"})
	}
}

// ruleMaking is the rule that makes something, if it is on.
func (r *ruler) ruleMaking(what rules.Making) *rules.Rule {
	list := r.rules.Set.Rules()
	for i := range list {
		if rule := &list[i]; r.rules.on(rule) && slices.ContainsFunc(rule.Do, func(a rules.Action) bool { return a.Verb == rules.Make && a.Arg == string(what) }) {
			return rule
		}
	}
	return nil
}
