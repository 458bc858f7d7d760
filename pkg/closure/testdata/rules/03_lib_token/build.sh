# $LIB and ${LIB} are the library directory compiled into the loader.
#main bin/app
. "$RULES/lib.sh"
exe bin/app liba.so libb.so "$(runpath '$ORIGIN/one/$LIB:$ORIGIN/two/${LIB}')"
lib "bin/one/$LIB/liba.so"
lib "bin/two/$LIB/libb.so"
