# An auditor is looked for on behalf of the loader: the executable's DT_RUNPATH
# is not searched.
#main bin/app
#oracle maps
. "$RULES/lib.sh"
prog bin/app "$(runpath "$OUT/lib")" -Wl,--audit,liblook.so
link lib/liblook.so -shared -fPIC -Wl,-soname,liblook.so "$RULES/audit.c"
