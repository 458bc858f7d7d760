# The baseline file is the one that counts, whatever the CPU; its twins in
# glibc-hwcaps are noted, with what only they need.
#main bin/app
#needs amd64
. "$RULES/lib.sh"
exe bin/app liba.so "$(runpath "$OUT/lib")"
lib lib/liba.so
lib lib/glibc-hwcaps/x86-64-v2/liba.so
lib lib/glibc-hwcaps/x86-64-v3/liba.so libv3.so "$(runpath "$OUT/lib")"
lib lib/libv3.so
