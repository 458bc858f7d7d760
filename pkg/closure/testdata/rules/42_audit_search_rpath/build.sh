# Its DT_RPATH is.
#main bin/app
#oracle maps
. "$RULES/lib.sh"
prog bin/app "$(rpath "$OUT/lib")" -Wl,--audit,liblook.so
link lib/liblook.so -shared -fPIC -Wl,-soname,liblook.so "$RULES/audit.c"
