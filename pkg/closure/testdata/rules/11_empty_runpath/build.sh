# An empty DT_RUNPATH switches off the inherited DT_RPATH.
#main bin/app
#needs patchelf
. "$RULES/lib.sh"
exe bin/app liba.so "$(rpath "$OUT/lib")"
lib lib/liba.so libb.so
patchelf --set-rpath '' "$OUT/lib/liba.so"
lib lib/libb.so
