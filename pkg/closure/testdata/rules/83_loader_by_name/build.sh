# The loader is loaded before everything: its DT_SONAME is never searched.
#main bin/app
. "$RULES/lib.sh"
name=$(basename "$INTERP")
exe bin/app "$name" "$INTERP" liba.so "$(rpath "$OUT/lib")"
lib lib/liba.so "$name"
lib "lib/$name"
