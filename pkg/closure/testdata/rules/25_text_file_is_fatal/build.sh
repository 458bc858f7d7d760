# So does a file that is not ELF ("invalid ELF header").
#main bin/app
. "$RULES/lib.sh"
exe bin/app liba.so "$(runpath "$OUT/one:$OUT/two")"
lib two/liba.so
mkdir "$OUT/one"
echo 'INPUT ( /lib/liba.so.1 ) /* a linker script, with enough text to fill an ELF header */' >"$OUT/one/liba.so"
