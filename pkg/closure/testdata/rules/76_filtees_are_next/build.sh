# The needs of a filtee are looked at right after the filter's, so that it is
# the loader of what they have in common with objects further back.
#main bin/app
#oracle maps
. "$RULES/lib.sh"
prog bin/app liba.so libb.so "$(rpath "$OUT/lib")"
lib lib/liba.so -Wl,-F,libreal.so
lib lib/libreal.so libshared.so "$(rpath "$OUT/real")"
lib lib/libb.so libshared.so "$(rpath "$OUT/b")"
lib lib/libshared.so libx.so
lib real/libx.so
lib b/libx.so
