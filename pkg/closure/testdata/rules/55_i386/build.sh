# A 32-bit program has a loader, tokens and directories of its own.
#main bin/app
#needs m32
. "$RULES/lib.sh"
CC="$CC -m32"
exe bin/app liba.so libc.so.6 libgone.so "$(runpath '$ORIGIN/$LIB:$ORIGIN/lib32:$ORIGIN/lib/i386-linux-gnu')"
lib bin/lib32/liba.so
lib bin/lib/i386-linux-gnu/liba.so
