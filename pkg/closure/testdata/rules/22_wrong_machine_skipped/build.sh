# So is one for another machine.
#main bin/app
. "$RULES/lib.sh"
exe bin/app liba.so "$(runpath "$OUT/one:$OUT/two")"
lib two/liba.so
mkdir "$OUT/one"
cp "$OUT/two/liba.so" "$OUT/one/liba.so"
# e_machine 243 is EM_RISCV.
printf '\363\000' | dd of="$OUT/one/liba.so" bs=1 seek=18 conv=notrunc status=none
