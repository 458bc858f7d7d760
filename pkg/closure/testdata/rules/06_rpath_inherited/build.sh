# DT_RPATH serves the dependencies of dependencies, along the loaders up to the
# executable.
#main bin/app
. "$RULES/lib.sh"
exe bin/app liba.so "$(rpath "$OUT/one")"
lib one/liba.so libb.so "$(rpath "$OUT/two")"
lib two/libb.so libc0.so libd.so
lib two/libc0.so
lib one/libd.so
