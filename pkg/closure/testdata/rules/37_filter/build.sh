# DT_FILTER: what a filter stands in for is loaded, ahead of the filter.
#main bin/app
#oracle maps
. "$RULES/lib.sh"
prog bin/app liba.so "$(runpath "$OUT/lib")"
lib lib/liba.so libb.so -Wl,-F,libreal.so "$(runpath "$OUT/lib")"
lib lib/libreal.so libc0.so "$(runpath "$OUT/lib")"
lib lib/libb.so
lib lib/libc0.so
