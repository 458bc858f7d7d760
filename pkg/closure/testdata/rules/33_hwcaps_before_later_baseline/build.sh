# A twin in an earlier directory goes with the baseline file of a later one.
#main bin/app
#needs amd64
. "$RULES/lib.sh"
exe bin/app liba.so "$(runpath "$OUT/one:$OUT/two")"
lib one/glibc-hwcaps/x86-64-v2/liba.so
lib two/liba.so
