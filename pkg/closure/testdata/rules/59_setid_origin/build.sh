# It does not expand its own $ORIGIN; its libraries expand theirs.
#main bin/app
#oracle maps-as-nobody
#needs root
. "$RULES/lib.sh"
prog bin/app liba.so "$(runpath "\$ORIGIN/../other:$OUT/lib")"
lib other/liba.so
lib lib/liba.so libb.so "$(runpath '$ORIGIN')"
lib lib/libb.so
chmod 4755 "$OUT/bin/app"
