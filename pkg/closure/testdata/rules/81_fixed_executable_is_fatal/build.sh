# So does an executable for a fixed address.
#main bin/app
. "$RULES/lib.sh"
exe bin/app liba.so "$(runpath "$OUT/one:$OUT/two")"
lib two/liba.so
exe one/liba.so -no-pie libnone.so
