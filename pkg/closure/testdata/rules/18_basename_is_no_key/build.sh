# A library without DT_SONAME, loaded by its path, does not satisfy its file
# name.
#main bin/app
. "$RULES/lib.sh"
exe bin/app "$OUT/one/liba.so" liba.so "$(runpath "$OUT/two")"
anon one/liba.so
lib two/liba.so
