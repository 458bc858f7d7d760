#!/bin/bash
# fuzz.sh [TIME]: run every fuzz target for TIME (default 30s), one after another.
set -euo pipefail
cd "$(dirname "$0")/.."
go=${GO:-go}

{ grep -rE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*\(' . || true; } |
	sed -E 's|^\./(.*)/[^/]*:func (Fuzz[A-Za-z0-9_]*)\(.*|\1 \2|' | sort |
	while read -r dir target; do
		echo "== $dir $target"
		# What has goroutines never runs the same way twice: to find the least
		# input that does would take all the time there is.
		"$go" test "./$dir" -run '^$' -fuzz "^$target\$" -fuzztime "${1:-30s}" -fuzzminimizetime 20x </dev/null
	done
