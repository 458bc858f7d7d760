# A broken file in a legacy subdirectory ends the search as any does.
#main bin/app
#needs amd64 legacy
. "$RULES/lib.sh"
exe bin/app liba.so "$(runpath "$OUT/lib")"
lib lib/liba.so
mkdir "$OUT/lib/tls"
: >"$OUT/lib/tls/liba.so"
