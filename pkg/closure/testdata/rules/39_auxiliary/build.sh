# DT_AUXILIARY objects are loaded where they exist; a missing one is nothing.
#main bin/app
#oracle maps
. "$RULES/lib.sh"
prog bin/app liba.so "$(runpath "$OUT/lib")"
lib lib/liba.so -Wl,-f,libgone.so,-f,libreal.so "$(runpath "$OUT/lib")"
lib lib/libreal.so
