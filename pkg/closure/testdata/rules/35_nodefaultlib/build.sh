# DF_1_NODEFLIB switches off the default directories, in the cache too, for the
# object that has it and for no other.
#main bin/app
. "$RULES/lib.sh"
exe bin/app libc.so.6 liba.so -Wl,-z,nodefaultlib "$(runpath "$OUT/lib")"
lib lib/liba.so libc.so.6
