# DT_RPATH comes before LD_LIBRARY_PATH.
#main bin/app
#LD_LIBRARY_PATH $OUT/env
. "$RULES/lib.sh"
exe bin/app liba.so libb.so "$(rpath "$OUT/lib")"
lib lib/liba.so
lib env/liba.so
lib env/libb.so
