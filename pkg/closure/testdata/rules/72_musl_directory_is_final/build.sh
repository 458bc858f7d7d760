# musl: a directory opens, too.
#main bin/app
#needs musl
. "$RULES/lib.sh"
exe bin/app liba.so "$(rpath "$OUT/one:$OUT/two")"
mkdir -p "$OUT/one/liba.so"
lib two/liba.so
