# A library's $ORIGIN is the directory it was opened in, be that by a link.
#main bin/app
. "$RULES/lib.sh"
exe bin/app liba.so "$(runpath "$OUT/links")"
lib real/liba.so libb.so "$(runpath '$ORIGIN')"
lib real/libb.so
mkdir "$OUT/links"
ln -s ../real/liba.so "$OUT/links/liba.so"
lib links/libb.so
