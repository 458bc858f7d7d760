# DT_RPATH beside DT_RUNPATH in the same object does not count.
#main bin/app
#soname-to-rpath main/liba.so
. "$RULES/lib.sh"
exe bin/app liba.so "$(rpath "$OUT/main")"
anon main/liba.so "-Wl,-soname,$OUT/old" libb.so libc0.so "$(runpath "$OUT/new")"
lib old/libb.so
lib old/libc0.so
lib new/libb.so
