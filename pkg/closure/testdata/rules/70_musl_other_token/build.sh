# musl: only $ORIGIN is a token; any other "$" voids the whole list.
#main bin/app
#needs musl
. "$RULES/lib.sh"
exe bin/app liba.so libb.so "$(rpath "$OUT/lib")"
lib lib/liba.so libc0.so "$(rpath "$OUT/void:\$ORIGIN/\$LIB")"
lib void/libc0.so
lib lib/libb.so
