# An ancestor with DT_RUNPATH contributes nothing, not even its DT_RPATH, but
# the walk goes on to the executable's DT_RPATH.
#main bin/app
#soname-to-rpath main/liba.so
. "$RULES/lib.sh"
exe bin/app liba.so "$(rpath "$OUT/main")"
anon main/liba.so "-Wl,-soname,$OUT/old" libb.so "$(runpath "$OUT/new")"
lib new/libb.so libc0.so
lib old/libc0.so
lib new/libc0.so
lib main/libc0.so
