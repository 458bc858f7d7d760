# An empty file ends the search ("file too short").
#main bin/app
. "$RULES/lib.sh"
exe bin/app liba.so "$(runpath "$OUT/one:$OUT/two")"
lib two/liba.so
mkdir "$OUT/one"
: >"$OUT/one/liba.so"
