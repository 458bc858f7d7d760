# A shared object without a dynamic section ends the search.
#main bin/app
. "$RULES/lib.sh"
exe bin/app liba.so "$(runpath "$OUT/one:$OUT/two")"
lib two/liba.so
link one/liba.so -nostdlib -static -no-pie "$RULES/start.c"
# e_type 3 is ET_DYN.
printf '\003' | dd of="$OUT/one/liba.so" bs=1 seek=16 conv=notrunc status=none
