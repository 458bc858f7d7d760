#!/bin/bash
# Every check that reads the source and runs nothing of it.
set -euo pipefail
cd "$(dirname "$0")/.."

fail=0
skipped=77 # the status of a check that could not run, and has said why
# check NAME COMMAND...
check() {
	local name=$1 status=0
	shift
	"$@" || status=$?
	case $status in
	0) echo "lint: $name ok" ;;
	"$skipped") echo "lint: $name SKIPPED" >&2 ;;
	*)
		echo "lint: $name FAILED" >&2
		fail=1
		;;
	esac
}

formatted() {
	local bad
	bad=$(gofmt -l .)
	[[ -z $bad ]] || { echo "gofmt would change:" && echo "$bad"; return 1; }
}

scripts() {
	if ! command -v shellcheck >/dev/null; then
		echo "lint: shellcheck is not installed (make setup)" >&2
		return 1
	fi
	find .ci .github images test \( -name '*.sh' -o -path .ci/run \) -exec shellcheck --severity=warning {} +
}

# govulncheck reads its database from the network. Where that is out of reach
# nothing about the code has been found out: say so, do not fail.
vulnerabilities() {
	local out
	if out=$(go tool -modfile=tools.mod govulncheck ./... 2>&1); then
		echo "$out"
	elif [[ $out == *"fetching vulnerabilities"* ]]; then
		echo "lint: govulncheck cannot reach its database (GOVULNDB names another): $out" >&2
		return "$skipped"
	else
		echo "$out"
		return 1
	fi
}

check gofmt formatted
check "go vet" go vet ./...
check "go vet (arm64)" env GOARCH=arm64 CGO_ENABLED=0 go vet ./...
check staticcheck go tool -modfile=tools.mod staticcheck ./...
check shellcheck scripts
check govulncheck vulnerabilities
exit "$fail"
