# DT_RUNPATH serves only the object that has it.
#main bin/app
. "$RULES/lib.sh"
exe bin/app liba.so "$(runpath "$OUT/lib")"
lib lib/liba.so libb.so
lib lib/libb.so
