# An ancestor with DT_RUNPATH contributes nothing, not even its DT_RPATH, but
# the walk goes on to the executable's DT_RPATH.
#main bin/app
. "$RULES/lib.sh"
exe bin/app liba.so "$(rpath "$OUT/main")"
lib main/liba.so libb.so "$(rpath "$OUT/old")"
cp "$OUT/main/liba.so" "$OUT/liba.rpath"
patchelf --set-rpath "$OUT/new" "$OUT/main/liba.so"
lib new/libb.so libc0.so libd.so
lib old/libc0.so
lib new/libc0.so
lib main/libd.so
