# musl: DT_SONAME is not looked at; what counts is the name asked for, or the
# same file.
#main bin/app
#needs musl
. "$RULES/lib.sh"
exe bin/app libother.so libz9.so libagain.so "$(rpath "$OUT/lib")"
link lib/libother.so -nostdlib -shared -fPIC -Wl,-soname,libz9.so "$RULES/empty.c"
ln -s libother.so "$OUT/lib/libagain.so"
