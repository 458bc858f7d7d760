# A relative PT_INTERP is relative to the working directory.
#main bin/app
#cwd $OUT/work
. "$RULES/lib.sh"
exe bin/app liba.so -Wl,--dynamic-linker,ld/ld.so "$(runpath "$OUT/lib")"
lib lib/liba.so
mkdir -p "$OUT/work/ld"
cp -L "$INTERP" "$OUT/work/ld/ld.so"
