# Nothing but a file for another machine: not found.
#main bin/app
. "$RULES/lib.sh"
exe bin/app liba.so "$(runpath "$OUT/one")"
lib one/liba.so
printf '\363\000' | dd of="$OUT/one/liba.so" bs=1 seek=18 conv=notrunc status=none
