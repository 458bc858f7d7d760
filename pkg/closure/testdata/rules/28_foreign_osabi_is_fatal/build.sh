# So does a file for another operating system.
#main bin/app
. "$RULES/lib.sh"
exe bin/app liba.so "$(runpath "$OUT/one:$OUT/two")"
lib one/liba.so
lib two/liba.so
# EI_OSABI 9 is ELFOSABI_FREEBSD.
printf '\011' | dd of="$OUT/one/liba.so" bs=1 seek=7 conv=notrunc status=none
