# One file found under two names, by a link, is one object.
#main bin/app
. "$RULES/lib.sh"
exe bin/app liba.so libb.so "$(runpath "$OUT/lib")"
anon lib/liba.so
ln -s liba.so "$OUT/lib/libb.so"
