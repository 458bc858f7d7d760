# A library is resolved by the loader of its architecture, as ldd(1) does.
#main lib/liba.so
. "$RULES/lib.sh"
lib lib/liba.so libb.so "$(runpath '$ORIGIN')"
lib lib/libb.so
