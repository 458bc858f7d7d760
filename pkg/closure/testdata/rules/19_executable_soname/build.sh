# The executable's own DT_SONAME satisfies a name as any other's does.
#main bin/app
. "$RULES/lib.sh"
exe bin/app liba.so -Wl,-soname,libself.so "$(rpath "$OUT/lib")"
lib lib/liba.so libself.so
lib lib/libself.so
