# A link that leads nowhere, and a loop of links, are passed over.
#main bin/app
. "$RULES/lib.sh"
exe bin/app liba.so "$(runpath "$OUT/one:$OUT/two:$OUT/three")"
mkdir "$OUT/one" "$OUT/two"
ln -s gone "$OUT/one/liba.so"
ln -s liba.so "$OUT/two/liba.so"
lib three/liba.so
