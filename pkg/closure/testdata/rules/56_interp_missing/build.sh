# An interpreter that is not there is an error.
#main bin/app
#oracle none: the kernel cannot start it
. "$RULES/lib.sh"
exe bin/app liba.so -Wl,--dynamic-linker,/no/such/ld.so "$(runpath "$OUT/lib")"
lib lib/liba.so
