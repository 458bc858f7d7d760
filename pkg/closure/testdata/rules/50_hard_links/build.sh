# So it is by a hard link.
#main bin/app
. "$RULES/lib.sh"
exe bin/app liba.so libb.so "$(runpath "$OUT/lib")"
anon lib/liba.so
ln "$OUT/lib/liba.so" "$OUT/lib/libb.so"
