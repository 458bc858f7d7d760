# A name with a slash is opened as it is: absolute, relative to the working
# directory, or with tokens. No list is searched if that fails.
#main bin/app
#cwd $OUT/work
. "$RULES/lib.sh"
exe bin/app "$OUT/abs/liba.so" sub/libb.so '$ORIGIN/libc0.so' ./libgone.so "$(runpath "$OUT/lib")"
lib abs/liba.so
lib work/sub/libb.so
lib bin/libc0.so
lib lib/libgone.so
