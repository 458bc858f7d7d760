# Of several objects that need a library the first one, in breadth-first order,
# is its loader, whose DT_RPATH it inherits.
#main bin/app
. "$RULES/lib.sh"
exe bin/app liba.so libb.so "$(rpath "$OUT/lib")"
lib lib/liba.so libshared.so "$(rpath "$OUT/a")"
lib lib/libb.so libshared.so "$(rpath "$OUT/b")"
lib lib/libshared.so libx.so
lib a/libx.so
lib b/libx.so
