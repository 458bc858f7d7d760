# A link that leads nowhere is passed over, and so is a directory that is none.
#main bin/app
. "$RULES/lib.sh"
exe bin/app liba.so "$(runpath "$OUT/one:$OUT/two:$OUT/three")"
mkdir "$OUT/one"
ln -s gone "$OUT/one/liba.so"
: >"$OUT/two"
lib three/liba.so
