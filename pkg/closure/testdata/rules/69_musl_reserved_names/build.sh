# musl: the libraries of a libc are the loader itself, never files.
#main bin/app
#needs musl
. "$RULES/lib.sh"
exe bin/app libpthread.so.0 libm.so.6 libc.so libc.musl-x86_64.so.1 librt.so.1 libmore.so "$(rpath "$OUT/lib")"
lib lib/libm.so.6
lib lib/libpthread.so.0
lib lib/libmore.so
