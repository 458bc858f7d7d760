# An auditor is looked for as a library that the executable needs.
#main bin/app
#oracle maps
. "$RULES/lib.sh"
prog bin/app "$(runpath "$OUT/lib")" -Wl,--audit,liblook.so
link lib/liblook.so -shared -fPIC -Wl,-soname,liblook.so "$RULES/audit.c"
