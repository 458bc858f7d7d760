# LD_LIBRARY_PATH comes before DT_RUNPATH.
#main bin/app
#LD_LIBRARY_PATH $OUT/env
. "$RULES/lib.sh"
exe bin/app liba.so libb.so "$(runpath "$OUT/lib")"
lib lib/liba.so
lib lib/libb.so
lib env/liba.so
