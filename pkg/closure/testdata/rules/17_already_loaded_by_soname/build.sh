# A library of another file name satisfies its DT_SONAME; no file of that name
# need exist, and none is looked for.
#main bin/app
. "$RULES/lib.sh"
exe bin/app libother.so libz9.so "$(runpath "$OUT/lib")"
link lib/libother.so -nostdlib -shared -fPIC -Wl,-soname,libz9.so "$RULES/empty.c"
