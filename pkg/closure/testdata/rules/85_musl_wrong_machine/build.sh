# musl: nor does it pass over a file for another machine. It maps even that;
# here it is an error.
#main bin/app
#needs musl
#oracle none: musl maps the file, whose code cannot run
. "$RULES/lib.sh"
exe bin/app liba.so "$(rpath "$OUT/one:$OUT/two")"
lib one/liba.so
lib two/liba.so
printf '\363\000' | dd of="$OUT/one/liba.so" bs=1 seek=18 conv=notrunc status=none
