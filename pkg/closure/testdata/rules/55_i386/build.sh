# A 32-bit program has a loader, tokens and directories of its own.
#main bin/app
#needs i386
. "$RULES/lib.sh"
exe bin/app liba.so libc.so.6 libgone.so "$(runpath '$ORIGIN/$LIB')"
lib "bin/$LIB/liba.so"
