# That directory keeps its ".." and links.
#main bin/app
. "$RULES/lib.sh"
exe bin/app liba.so "$(runpath '$ORIGIN/../link/../lib')"
mkdir -p "$OUT/elsewhere/deep"
ln -s elsewhere/deep "$OUT/link"
lib elsewhere/lib/liba.so libb.so "$(runpath '$ORIGIN')"
lib elsewhere/lib/libb.so
lib lib/liba.so
