# A file of the other ELF class is passed over.
#main bin/app
#needs m32
. "$RULES/lib.sh"
exe bin/app liba.so "$(runpath "$OUT/one:$OUT/two")"
lib two/liba.so
CC="$CC -m32"
STUBS=$STUBS/32
mkdir "$STUBS"
lib one/liba.so
