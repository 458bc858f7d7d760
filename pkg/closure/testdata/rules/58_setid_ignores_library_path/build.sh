# A set-id program ignores LD_LIBRARY_PATH.
#main bin/app
#LD_LIBRARY_PATH $OUT/env
#oracle maps-as-nobody
#needs root
. "$RULES/lib.sh"
prog bin/app liba.so "$(runpath "$OUT/lib")"
lib lib/liba.so libb.so "$(runpath "$OUT/lib")"
lib lib/libb.so
lib env/liba.so
lib env/libb.so
chmod 4755 "$OUT/bin/app"
