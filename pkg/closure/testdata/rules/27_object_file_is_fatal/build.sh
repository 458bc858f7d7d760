# So does a relocatable object.
#main bin/app
. "$RULES/lib.sh"
exe bin/app liba.so "$(runpath "$OUT/one:$OUT/two")"
lib two/liba.so
mkdir -p "$OUT/one"
$CC -c -o "$OUT/one/liba.so" "$RULES/empty.c"
