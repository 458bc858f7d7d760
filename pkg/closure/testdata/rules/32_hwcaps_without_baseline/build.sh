# A library that exists for newer CPUs only is taken, with a warning.
#main bin/app
#needs amd64
. "$RULES/lib.sh"
exe bin/app liba.so "$(runpath "$OUT/lib")"
lib lib/glibc-hwcaps/x86-64-v2/liba.so
