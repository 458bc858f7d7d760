# musl: LD_LIBRARY_PATH comes before DT_RPATH.
#main bin/app
#needs musl
#LD_LIBRARY_PATH $OUT/env
. "$RULES/lib.sh"
exe bin/app liba.so libb.so "$(rpath "$OUT/lib")"
lib lib/liba.so
lib lib/libb.so
lib env/liba.so
