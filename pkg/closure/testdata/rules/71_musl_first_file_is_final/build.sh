# musl: the first file that opens is final; one of the other class is an error.
#main bin/app
#needs musl m32
. "$RULES/lib.sh"
exe bin/app liba.so "$(rpath "$OUT/one:$OUT/two")"
lib two/liba.so
CC="gcc -m32"
STUBS=$STUBS/32
mkdir "$STUBS"
lib one/liba.so
