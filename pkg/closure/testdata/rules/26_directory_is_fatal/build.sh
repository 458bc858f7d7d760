# So does a directory of that name.
#main bin/app
. "$RULES/lib.sh"
exe bin/app liba.so "$(runpath "$OUT/one:$OUT/two")"
lib two/liba.so
mkdir -p "$OUT/one/liba.so"
