# A missing DT_FILTER object is fatal.
#main bin/app
#oracle maps
. "$RULES/lib.sh"
prog bin/app liba.so "$(runpath "$OUT/lib")"
lib lib/liba.so -Wl,-F,libgone.so
